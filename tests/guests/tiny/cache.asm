; What is written must be on the disk: a system that is killed has no time to flush. The BIOS has no
; call for that. A virtio disk needs nothing: the BIOS does not negotiate its cache, and QEMU then
; writes through. On a SATA disk we turn the write cache off (ATA SET FEATURES 82h), once at the
; start. On an IDE disk that would be a flush for each single sector, because the BIOS writes them
; one by one to the data port: there we flush after each call.

IDE_STATUS      equ     1F7h            ; and command
ATA_FLUSH       equ     0E7h
ATA_FEATURES    equ     0EFh            ; the command SET FEATURES ...
ATA_NO_CACHE    equ     82h             ; ... and its subcommand "disable write cache"
ATA_READY       equ     50h             ; status of a disk at rest
ATA_DEVICE_0    equ     0A0h
AHCI_CLASS      equ     010601h
AHCI_BAR        equ     24h             ; in the PCI configuration space
PORTS_PRESENT   equ     0Ch             ; registers of AHCI 1.3.1, 3.1 and 3.3
PORT_0          equ     100h
PORT_SIZE       equ     80h
PORT_STATUS     equ     10h             ; interrupt status
PORT_COMMAND    equ     18h
PORT_SIGNATURE  equ     24h
PORT_LINK       equ     28h
PORT_ISSUE      equ     38h
SIGNATURE_DISK  equ     101h

; Prepares the disks that we may be on: the first one of the IDE channels, and those on all ports
; of the first AHCI controller.
write_through:  mov     dx, IDE_STATUS
                in      al, dx
                cmp     al, ATA_READY
                jne     .sata
                dec     dx
                mov     al, ATA_DEVICE_0
                out     dx, al
                inc     dx
                in      al, dx
                cmp     al, ATA_READY
                sete    [must_flush]

.sata:          xor     si, si          ; the first
                mov     ecx, AHCI_CLASS
                mov     ax, 0B103h      ; PCI BIOS: find by class, BX: where
                int     1Ah
                jc      .none
                mov     di, AHCI_BAR
                mov     ax, 0B10Ah      ; PCI BIOS: read a double word
                int     1Ah
                jc      .none
                and     ecx, 0FFFFFFF0h
                mov     edi, ecx
                lea     esi, [edi + PORTS_PRESENT]
                call    flat_read
                mov     ebx, eax
                add     edi, PORT_0
.port:          shr     ebx, 1
                jnc     .next
                call    sata_no_cache
.next:          add     edi, PORT_SIZE
                test    ebx, ebx
                jnz     .port
.none:          ret

; The same for the port whose registers are at EDI, if there is a disk that the BIOS has started.
; We borrow the BIOS's own command slot 0; it fills that anew for each command.
sata_no_cache:  lea     esi, [edi + PORT_SIGNATURE]
                call    flat_read
                cmp     eax, SIGNATURE_DISK
                jne     .none
                lea     esi, [edi + PORT_LINK]
                call    flat_read
                and     al, 0Fh
                cmp     al, 3           ; a device, and it talks
                jne     .none
                lea     esi, [edi + PORT_COMMAND]
                call    flat_read
                test    al, 1           ; started
                jz      .none
                mov     esi, edi
                call    flat_read
                mov     ecx, eax        ; command list
                call    flat_open
                mov     dword [es:ecx], 5       ; the FIS has five double words; no data
                mov     dword [es:ecx + 4], 0
                mov     esi, [es:ecx + 8]       ; command table: register FIS, host to device
                mov     dword [es:esi], ATA_NO_CACHE << 24 | ATA_FEATURES << 16 | 8027h
                xor     eax, eax
                mov     [es:esi + 4], eax
                mov     [es:esi + 8], eax
                mov     [es:esi + 12], eax
                mov     [es:esi + 16], eax
                inc     eax
                mov     [es:edi + PORT_ISSUE], eax
                mov     ecx, 1000000    ; not for ever
.busy:          test    dword [es:edi + PORT_ISSUE], 1
                loopnz  .busy, ecx
                mov     eax, [es:edi + PORT_STATUS]
                mov     [es:edi + PORT_STATUS], eax     ; the BIOS must not take it for its own
                jmp     flat_close
.none:          ret

; After each write: flushes the IDE disk, if there is one. Keeps all registers and flags.
flush:          pushf
                pusha
                cmp     byte [must_flush], 0
                je      .done
                mov     dx, IDE_STATUS
                mov     al, ATA_FLUSH
                out     dx, al
.busy:          in      al, dx
                test    al, 80h
                jnz     .busy
.done:          popa
                popf
                ret

must_flush:     db      0
