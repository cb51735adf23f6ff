; Boot sector of the installed TinyOS: loads the system from the sectors behind it and jumps there.
; The BIOS gives the drive's number in DL; the system gets it in DL too.

%include "layout.asm"
                org     BOOT_AT

                jmp     0:start         ; some BIOSes come with CS = 07C0h
start:          xor     ax, ax
                mov     ds, ax
                mov     es, ax
                mov     ss, ax          ; no interrupt before the next instruction is done
                mov     sp, STACK_TOP
                sti
                cld
                mov     si, packet
                mov     ah, 42h         ; extended read; keeps DL
                int     13h
                jc      failed
                cmp     dword [SYSTEM_AT + 4], "Tiny"   ; see the top of system.asm
                jne     failed
                jmp     0:SYSTEM_AT

failed:         mov     si, message
.next:          lodsb
                test    al, al
                jz      .stay
                mov     ah, 0Eh
                mov     bx, 7
                int     10h
                jmp     .next
.stay:          hlt
                jmp     .stay

packet:         dw      dap_size, SYSTEM_SECTORS, SYSTEM_AT, 0
                dq      SYSTEM_LBA
message:        db      "TinyOS cannot be read from this disk.", 13, 10, 0

                times   SECTOR - 2 - ($ - $$) db 0
                dw      0AA55h
