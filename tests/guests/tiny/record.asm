; The record on the disk: two copies written in turn, so that a power cut while one is written
; leaves the other. Needs disk.asm. The record in use lies at RECORD.

; The valid copy with the greater sequence to RECORD. Carry: there is none (or the disk failed).
record_load:    mov     byte [record_found], 0
                mov     eax, RECORD_LBA
                call    .look
                mov     eax, RECORD_LBA + 1
                call    .look
                cmp     byte [record_found], 1  ; carry when it is 0
                ret

.look:          mov     cx, 1
                mov     bx, SCRATCH
                call    disk_read
                jc      .no
                cmp     dword [SCRATCH], "TINY"
                jne     .no
                cmp     dword [SCRATCH + 4], "REC1"
                jne     .no
                mov     si, SCRATCH
                call    record_sum
                jnz     .no
                cmp     byte [record_found], 0
                je      .take
                mov     eax, [SCRATCH + rec.sequence]
                cmp     eax, [RECORD + rec.sequence]
                jb      .no
.take:          mov     si, SCRATCH
                mov     di, RECORD
                mov     cx, SECTOR / 4
                rep     movsd
                mov     byte [record_found], 1
.no:            ret

; An empty record to RECORD.
record_new:     mov     di, RECORD
                xor     eax, eax
                mov     cx, SECTOR / 4
                rep     stosd
                mov     dword [RECORD], "TINY"
                mov     dword [RECORD + 4], "REC1"
                ret

; RECORD to the older of the two copies. Carry: the disk refused.
record_store:   inc     dword [RECORD + rec.sequence]
                mov     dword [RECORD + REC_SUM], 0
                mov     si, RECORD
                call    record_sum
                neg     eax
                mov     [RECORD + REC_SUM], eax
                mov     eax, [RECORD + rec.sequence]
                and     eax, 1
                add     eax, RECORD_LBA
                mov     cx, 1
                mov     bx, RECORD
                jmp     disk_write

; EAX: sum of the sector at SI; zero flag accordingly.
record_sum:     xor     eax, eax
                mov     cx, SECTOR / 4
.next:          add     eax, [si]
                add     si, 4
                loop    .next
                test    eax, eax
                ret

record_found:   db      0
