; The installed TinyOS: counts its starts, shows what it knows, echoes keys, changes video modes,
; obeys the power button. Loaded by boot.asm to 0:8000h, drive in DL. Reports on the serial port;
; the lines are listed in README.md.
;
; At rest the processor is halted and wakes with the timer interrupt.

%include "layout.asm"
                org     SYSTEM_AT

                jmp     near start
                times   4 - ($ - $$) db 0
                db      "TinyOS", 0     ; boot.asm looks for it at offset 4

start:          mov     [drive], dl
                call    serial_init
                mov     si, line_banner
                call    serial
                call    write_through
                call    count_start
                call    find_pm1
                call    arm_button
                call    keys_init
                mov     al, [options + opt.ignore]
                mov     [ignoring], al
                call    tell_button
                mov     al, [options + opt.mode]
                call    set_mode
                call    timer_fast
                call    read_second
                mov     [second], al
                mov     si, line_ready
                call    serial

main:           call    take_keys
                call    look_at_clock
                call    look_at_button
                cmp     byte [flooding], 0
                je      .rest
                call    flood_frame
                jmp     main
.rest:          cli
                call    keys_waiting
                jnz     .busy
                sti                     ; takes effect after HLT has begun: no key slips through
                hlt
                jmp     main
.busy:          sti
                jmp     main

; Reads the record, counts this start, and marks the disk as in use.
count_start:    call    record_load
                jc      .lost
                mov     eax, [RECORD + rec.clean]
                mov     [was_clean], al
                inc     dword [RECORD + rec.boots]
                mov     dword [RECORD + rec.clean], 0
                test    al, al
                jnz     .store
                inc     dword [RECORD + rec.unclean]
.store:         call    record_store
                jc      .lost
                mov     si, line_boots
                mov     eax, [RECORD + rec.boots]
                call    serial_line
                mov     si, line_installs
                mov     eax, [RECORD + rec.installs]
                call    serial_line
                mov     si, line_stop_clean
                cmp     byte [was_clean], 0
                jne     serial
                mov     si, line_stop_unclean
                jmp     serial
.lost:          mov     si, line_no_record
                call    serial
                jmp     halted

; Marks the disk clean; every wanted end goes through here.
say_good_bye:   mov     dword [RECORD + rec.clean], 1
                call    record_store
                jnc     .ok
                mov     si, line_no_record
                call    serial
.ok:            ret

; One tick a second, by the board's clock: it is right however fast the timer runs.
look_at_clock:  call    read_second
                cmp     al, [second]
                je      .same
                mov     [second], al
                inc     dword [ticks]
                cmp     byte [options + opt.tick], 0
                je      .silent
                mov     si, line_tick
                mov     eax, [ticks]
                call    serial_line
                call    show_ticks
.silent:        call    timer_second
                jmp     flood_second
.same:          ret

read_second:    mov     al, 0           ; register of the seconds, MC146818
                out     70h, al
                in      al, 71h
                ret

; The power button: a bit that we poll; the interrupt behind it stays masked.
arm_button:     mov     dx, [pm1_event]
                mov     ax, PM1_BUTTON
                out     dx, ax          ; clear what came before us
                add     dx, 2
                out     dx, ax          ; and have it set from now on
                ret

look_at_button: mov     dx, [pm1_event]
                in      ax, dx
                test    ax, PM1_BUTTON
                jz      .no
                mov     ax, PM1_BUTTON
                out     dx, ax
                mov     si, line_pressed
                call    serial
                cmp     byte [ignoring], 0
                je      leave
.no:            ret

toggle_ignore:  xor     byte [ignoring], 1
tell_button:    mov     si, line_ignored
                cmp     byte [ignoring], 0
                jne     .say
                mov     si, line_obeyed
.say:           call    serial
                jmp     show_button

leave:          call    say_good_bye
                mov     si, line_off
                call    serial
                jmp     power_off

start_again:    call    say_good_bye
                mov     si, line_restart
                call    serial
                jmp     restart

; Dead: interrupts off, nothing saved. Only the outside can end this.
die:            mov     si, line_halt
                call    serial
                cli
                jmp     halted

; Where this board has its PM1a blocks: RSDP -> RSDT -> FADT (ACPI 5.2). Keeps the usual ports
; when there are no such tables.
find_pm1:       mov     ax, 0F000h
                mov     fs, ax
                xor     si, si
.rsdp:          cmp     dword [fs:si], "RSD "
                jne     .next
                cmp     dword [fs:si + 4], "PTR "
                je      .found
.next:          add     si, 16
                jnz     .rsdp
                ret
.found:         mov     ebp, [fs:si + 16]       ; RSDT
                lea     esi, [ebp + 4]
                call    flat_read
                mov     ecx, eax                ; its length, with 36 bytes of header
                mov     edi, 36
.entry:         lea     esi, [ebp + edi]
                add     edi, 4
                cmp     edi, ecx
                ja      .end
                call    flat_read
                mov     esi, eax                ; a table
                call    flat_read
                cmp     eax, "FACP"
                jne     .entry
                add     esi, 56                 ; PM1a_EVT_BLK
                call    flat_read
                mov     [pm1_event], ax
                add     esi, 8                  ; PM1a_CNT_BLK
                call    flat_read
                mov     [pm1_control], ax
.end:           ret

%include "flat.asm"
%include "console.asm"
%include "disk.asm"
%include "cache.asm"
%include "record.asm"
%include "power.asm"
%include "keys.asm"
%include "video.asm"
%include "page.asm"

line_banner:    db      "TinyOS", LINE
line_boots:     db      "boots ", 0
line_installs:  db      "installs ", 0
line_stop_clean:
                db      "last-stop clean", LINE
line_stop_unclean:
                db      "last-stop unclean", LINE
line_no_record: db      "error: the record cannot be read or written", LINE
line_ready:     db      "ready", LINE
line_tick:      db      "tick ", 0
line_obeyed:    db      "power-button obeyed", LINE
line_ignored:   db      "power-button ignored", LINE
line_pressed:   db      "power-button pressed", LINE
line_off:       db      "stop power-off", LINE
line_restart:   db      "stop restart", LINE
line_halt:      db      "stop halt", LINE

was_clean:      db      0
ignoring:       db      0
second:         db      0
                align   4
ticks:          dd      0

                align   8
                OPTIONS_BLOCK

%if $ - $$ > SYSTEM_SECTORS * SECTOR
  %error "the system outgrew SYSTEM_SECTORS"
%endif
                times   SYSTEM_SECTORS * SECTOR - ($ - $$) db 0
