; The set-up disc's program. El Torito "no emulation": the BIOS loads all of it to 7C00h.
;
; It puts TinyOS on the first hard disk (BIOS drive 80h) in an order that never leaves a disk that
; starts half a system:
;   1. the record, with one more set-up begun; the boot sector is wiped
;   2. the fill sectors
;   3. the system, read back and compared
;   4. the record: this set-up came to its end
;   5. the boot sector, read back and compared
;
; Everything that matters is said on the screen and on the serial port, see README.md.

%include "layout.asm"
                org     BOOT_AT

                jmp     0:start
start:          xor     ax, ax
                mov     ds, ax
                mov     es, ax
                mov     ss, ax
                mov     sp, STACK_TOP
                sti
                cld
                mov     ax, 3           ; 80x25 text, cleared
                int     10h
                call    serial_init
                mov     si, say_banner
                call    say

                cmp     byte [options + opt.wait_key], 0
                je      .begin
                call    ask_for_key
.begin:         call    measure_disk
                call    write_through
                call    begin_record
                call    write_fill
                call    write_system
                call    finish_record
                mov     si, boot_image
                call    write_boot_sector

                mov     si, say_done
                call    say
                mov     eax, [RECORD + rec.installs]
                call    say_number
                call    say_end
                cmp     byte [options + opt.after], 1
                je      .power_off
                jb      .restart
                mov     si, say_remove
                call    say
                call    wait_key
.restart:       mov     si, say_restart
                call    say
                jmp     restart
.power_off:     mov     si, say_power_off
                call    say
                jmp     power_off

; Returns when a key was pressed. When none is within the limit, leaves it to the next drive in
; the boot order, as a disc with "press any key to boot from CD" does.
ask_for_key:    mov     si, say_press
                call    say
                movzx   eax, byte [options + opt.key_limit]
                test    eax, eax
                jz      wait_key
                imul    eax, 182        ; the BIOS counts 18.2 times a second
                xor     edx, edx
                mov     ecx, 10
                div     ecx
                add     eax, [46Ch]
.wait:          cmp     eax, [46Ch]
                jbe     .late
                push    eax
                mov     ah, 1
                int     16h
                pop     eax
                jnz     take_key
                hlt
                jmp     .wait
.late:          mov     si, say_late
                call    say
                int     18h             ; "this one does not boot"; does not come back

wait_key:       mov     ah, 1           ; ask, then rest: INT 16h/00h would spin
                int     16h
                jnz     take_key
                hlt
                jmp     wait_key
take_key:       mov     ah, 0
                int     16h
                ret

; Says how large the disk is; ends here when there is none, or too small a one.
measure_disk:   mov     word [SCRATCH], 1Ah     ; room for the answer of INT 13h/48h
                mov     si, SCRATCH
                mov     dl, [drive]
                mov     ah, 48h
                int     13h
                mov     si, say_no_disk
                jc      fail
                cmp     dword [SCRATCH + 20], 0 ; sectors, upper half
                je      .small
                mov     dword [SCRATCH + 16], 0FFFFFFFFh
.small:         mov     si, say_disk
                call    say
                mov     eax, [SCRATCH + 16]
                call    say_number
                call    say_end
                mov     eax, [options + opt.fill_count]
                add     eax, FILL_LBA
                cmp     [SCRATCH + 16], eax
                jae     .fits
                push    eax
                mov     si, say_too_small
                call    say
                pop     eax
                call    say_number
                mov     si, say_sectors
                jmp     fail
.fits:          ret

; One more set-up begun, on top of what the disk's record says; then no boot sector any more.
begin_record:   call    record_load
                jnc     .known
                call    record_new
.known:         inc     dword [RECORD + rec.installs]
                mov     dword [RECORD + rec.boots], 0
                mov     dword [RECORD + rec.clean], 1
                mov     dword [RECORD + rec.unclean], 0
                mov     dword [RECORD + rec.fill_count], 0
                call    record_store
                jc      write_failed
                mov     si, no_boot_image
                jmp     write_boot_sector

finish_record:  inc     dword [RECORD + rec.finished]
                mov     eax, [options + opt.fill_count]
                mov     [RECORD + rec.fill_count], eax
                mov     eax, [options + opt.fill_seed]
                mov     [RECORD + rec.fill_seed], eax
                call    record_store
                jc      write_failed
                ret

; Fill sectors: "TFIL", own number, seed, then 125 times (number * 2654435761 + seed).
write_fill:     mov     ebp, [options + opt.fill_count] ; still to write
                mov     ebx, FILL_LBA
                test    ebp, ebp
                jz      .none
.bulk:          mov     ax, BULK_SEGMENT
                mov     es, ax
                xor     di, di
                mov     cx, BULK_SECTORS        ; the builder asks for whole MiB
.sector:        push    cx
                mov     eax, "TFIL"
                stosd
                mov     eax, ebx
                stosd
                mov     eax, [options + opt.fill_seed]
                stosd
                imul    eax, ebx, 2654435761
                add     eax, [options + opt.fill_seed]
                mov     cx, 125
                rep     stosd
                inc     ebx
                pop     cx
                loop    .sector
                push    ebx
                lea     eax, [ebx - BULK_SECTORS]
                xor     bx, bx
                mov     cx, BULK_SECTORS
                call    disk_write
                pop     ebx
                jc      write_failed
                sub     ebp, BULK_SECTORS
                lea     eax, [ebx - FILL_LBA]
                test    ax, 2047                ; a MiB has 2048 sectors
                jnz     .bulk
                shr     eax, 11
                call    say_fill
                test    ebp, ebp
                jnz     .bulk
                mov     si, line_end
                call    screen
.none:          xor     ax, ax
                mov     es, ax
                ret

; EAX MiB of fill are written: a line each on the serial port, one that counts up on the screen.
say_fill:       push    eax
                mov     si, fill_begin
                call    screen
                inc     si
                call    serial
                call    decimal
                call    screen
                call    serial
                mov     si, fill_of
                call    screen
                call    serial
                mov     eax, [options + opt.fill_count]
                shr     eax, 11
                call    decimal
                call    screen
                call    serial
                mov     si, fill_unit
                call    screen
                call    serial
                call    serial_end
                pop     eax
                ret

write_system:   mov     eax, SYSTEM_LBA
                mov     cx, SYSTEM_SECTORS
                mov     bx, system_image
                call    disk_write
                jc      write_failed
                mov     si, system_image
                jmp     compare

; The sector at SI to the disk's first, read back and compared.
write_boot_sector:
                xor     eax, eax
                mov     cx, 1
                mov     bx, si
                call    disk_write
                jc      write_failed
compare:        push    word BULK_SEGMENT       ; EAX, CX: where and how many; SI: what should be
                pop     es
                xor     bx, bx
                call    disk_read
                jc      write_failed
                shl     cx, 7                   ; sectors -> double words
                xor     di, di
                repe    cmpsd
                push    ds
                pop     es
                jne     write_failed
                ret

write_failed:   xor     ax, ax
                mov     es, ax
                mov     si, say_write_failed
fail:           call    say
                mov     si, say_stopped
                call    say
                jmp     halted

; SI, or the number EAX, on screen and serial port.
say_number:     call    decimal
say:            call    serial
screen:         pusha
.next:          lodsb
                test    al, al
                jz      .end
                mov     ah, 0Eh
                mov     bx, 7
                int     10h
                jmp     .next
.end:           popa
                ret
say_end:        mov     si, line_end
                jmp     say

%include "console.asm"
%include "flat.asm"
%include "disk.asm"
%include "cache.asm"
%include "record.asm"
%include "power.asm"

say_banner:     db      "TinyOS set-up", LINE
say_press:      db      "press a key to install TinyOS", LINE
say_late:       db      "no key, starting the next drive", LINE
say_disk:       db      "disk sectors ", 0
say_no_disk:    db      "error: there is no hard disk", LINE
say_too_small:  db      "error: the disk is too small, TinyOS needs ", 0
say_sectors:    db      " sectors", LINE
say_write_failed:
                db      "error: the disk does not keep what is written", LINE
say_stopped:    db      "set-up stopped", LINE
say_done:       db      "install done, number ", 0
say_remove:     db      "remove the disc, then press a key", LINE
say_restart:    db      "restarting", LINE
say_power_off:  db      "powering off", LINE
fill_begin:     db      13, "fill ", 0  ; over the line before
fill_of:        db      " of ", 0
fill_unit:      db      " MiB", 0

                align   8
                OPTIONS_BLOCK

no_boot_image:  times   SECTOR db 0
boot_image:     incbin  "boot.bin"
system_image:   incbin  "system.bin"

                times   (SECTOR - ($ - $$) % SECTOR) % SECTOR db 0
