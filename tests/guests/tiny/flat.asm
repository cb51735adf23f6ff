; Memory above 1 MiB from real mode: ES gets a 4 GiB limit through a short visit to protected
; mode. The BIOS may take the limit away in any interrupt, so they are off from here to the use.

;
; The same visit makes QEMU's TCG forget where addresses lead, and that is needed after each use of
; the VGA window at A0000h: SeaBIOS looks at USB keyboards in system management mode, where its own
; code lies at A8000h, and TCG (seen with 7.2) does not forget the window on the way in from real
; mode. It would run pixels as code.

; ES: base 0, limit 4 GiB, interrupts off. Destroys nothing else.
flat_open:      cli
                push    eax
                lgdt    [flat_table]
                mov     eax, cr0
                or      al, 1
                mov     cr0, eax
                mov     ax, 8
                mov     es, ax
                mov     eax, cr0
                and     al, 0FEh
                mov     cr0, eax
                pop     eax
                ret

flat_close:     push    word 0
                pop     es
                sti
                ret

; EAX: the double word at linear address ESI.
flat_read:      call    flat_open
                mov     eax, [es:esi]
                jmp     flat_close

; ECX double words EAX from linear address EDI on; EDI ends behind them. Interrupts get a chance
; every 64 KiB.
flat_fill:      push    ecx
                push    edx
.piece:         mov     edx, ecx
                cmp     ecx, 4000h
                jbe     .last
                mov     ecx, 4000h
.last:          sub     edx, ecx
                call    flat_open
                a32 rep stosd
                call    flat_close
                mov     ecx, edx
                test    ecx, ecx
                jnz     .piece
                pop     edx
                pop     ecx
                ret

                align   8
flat_table:     dw      15              ; the table's first entry is never used: its own pointer
                dd      flat_table
                dw      0
                dq      00CF92000000FFFFh       ; data, base 0, limit 4 GiB
