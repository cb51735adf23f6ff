; Sectors in and out through INT 13h extensions; what is written stays (cache.asm). `drive` is the number of the disk.

; Read (disk_read) or write (disk_write) sectors.
;   EAX first sector, CX how many, ES:BX memory. Carry: it failed. Keeps all registers.
disk_write:     mov     byte [disk_call], 43h
                call    disk_transfer
                jmp     flush
disk_read:      mov     byte [disk_call], 42h
disk_transfer:  mov     [disk_packet + dap.lba], eax
                mov     [disk_packet + dap.count], cx
                mov     [disk_packet + dap.offset], bx
                mov     [disk_packet + dap.segment], es
                pushad
                mov     si, disk_packet
                mov     dl, [drive]
                mov     ah, [disk_call]
                mov     al, 0           ; write without verify; nothing to a read
                int     13h
                popad                   ; keeps the carry
                ret

drive:          db      80h
disk_call:      db      0
                align   4
disk_packet:    dw      dap_size, 0, 0, 0
                dq      0
