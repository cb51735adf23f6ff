; Keys. The BIOS shows every scan code to INT 15h/4Fh before it makes anything of it: make and
; break codes, of a PS/2 keyboard and of a USB keyboard that the BIOS drives alike. We take all of
; them there and leave nothing to the BIOS. A USB keyboard is looked at in the timer interrupt
; only, one event each time, and QEMU keeps no more than 16: so the timer runs fast in graphics
; modes, where latency is measured, and for some seconds after a key; slowly at rest.
;
; A key's number is what QEMU calls it: the XT set 1 make code, with 80h added after E0.

FAST_HZ         equ     250
REST_HZ         equ     20
FAST_S          equ     3               ; after a key
RING            equ     128             ; a power of two, 256 at most

; INT 15h is ours from here on.
keys_init:      cli
                mov     eax, [15h * 4]
                mov     [bios_int15], eax
                mov     word [15h * 4], on_int15
                mov     word [15h * 4 + 2], 0
                sti                             ; the BIOS's pace, until `timer_fast`
                ret

; The timer's pace from now on.
timer_fast:     mov     byte [fast_s], FAST_S
                mov     cx, 1193182 / FAST_HZ
                jmp     timer_set
timer_rest:     mov     cx, 1193182 / REST_HZ
timer_set:      cmp     cx, [timer_divisor]
                je      .same
                mov     [timer_divisor], cx
                push    ax
                mov     al, 34h                 ; counter 0, rate generator, two bytes
                out     43h, al
                mov     al, cl
                out     40h, al
                mov     al, ch
                out     40h, al
                pop     ax
.same:          ret

; Once a second: back to the slow pace, when it is time and nothing but text is shown.
timer_second:   cmp     byte [mode], 0
                jne     timer_fast
                cmp     byte [fast_s], 0
                je      timer_rest
                dec     byte [fast_s]
                ret

on_int15:       cmp     ah, 4Fh
                je      .key
                jmp     far [cs:bios_int15]
.key:           push    bx
                push    dx
                push    ds
                xor     bx, bx
                mov     ds, bx
                mov     bl, [ring_in]
                mov     dl, bl
                inc     dl
                and     dl, RING - 1
                cmp     dl, [ring_out]
                je      .full                   ; a lost key is better than two mixed ones
                mov     [ring + bx], al
                mov     [ring_in], dl
.full:          pop     ds
                pop     dx
                pop     bx
                push    bp
                mov     bp, sp
                and     byte [bp + 6], 0FEh     ; the caller's carry: off means "taken"
                pop     bp
                iret

; Zero flag: no scan code waits.
keys_waiting:   mov     al, [ring_in]
                cmp     al, [ring_out]
                ret

; Handles every scan code that waits.
take_keys:      call    keys_waiting
                je      .none
                movzx   bx, byte [ring_out]
                mov     al, [ring + bx]
                inc     bl
                and     bl, RING - 1
                mov     [ring_out], bl
                call    scan_code
                jmp     take_keys
.none:          ret

; One byte AL of the keyboard's stream.
scan_code:      cmp     byte [pause_bytes], 0
                jne     .pause
                cmp     al, 0E0h
                je      .extended
                cmp     al, 0E1h
                je      .pause_begins
                mov     ah, al
                and     al, 7Fh
                or      al, [prefix]
                mov     byte [prefix], 0
                cmp     al, 0AAh                ; E0 2A and E0 36: shifts that nobody pressed,
                je      .nothing                ; around the grey keys
                cmp     al, 0B6h
                je      .nothing
.known:         test    ah, 80h
                jz      key_down
                jmp     key_up
.extended:      mov     byte [prefix], 80h
                ret
.pause_begins:  mov     byte [pause_bytes], 2   ; E1 1D 45 down, E1 9D C5 up
                ret
.pause:         dec     byte [pause_bytes]
                jnz     .nothing
                mov     ah, al
                mov     al, 0C6h
                jmp     .known
.nothing:       ret

; Key AL went down. The picture comes first, it is what latency is measured by.
key_down:       movzx   bx, al
                bts     [held], bx
                jc      .repeat
                inc     dword [downs]
                inc     dword [held_count]
                call    flip
                call    timer_fast
                mov     si, word_down
                call    tell_key
                call    echo
                call    show_keys
                jmp     command
.repeat:        inc     dword [repeats]
                mov     si, word_repeat
                call    tell_key
                jmp     show_keys

key_up:         movzx   bx, al
                inc     dword [ups]
                btr     [held], bx
                jnc     .stray
                dec     dword [held_count]
.stray:         mov     si, word_up
                call    tell_key
                jmp     show_keys

; "key AL SI" on the serial port. Keeps AL.
tell_key:       push    si
                mov     si, line_key
                call    serial
                call    serial_hex
                pop     si
                jmp     serial

; Key AL as a character at the end of `typed`, if it is one. Keeps AL.
echo:           push    ax
                movzx   bx, al
                cmp     bl, characters.end - characters
                jae     .none
                mov     al, [characters + bx]
                call    shift_held
                jz      .plain
                mov     al, [capitals + bx]
.plain:         test    al, al
                jz      .none
                mov     di, [typed_end]
                cmp     di, typed + TYPED
                jb      .room
                mov     si, typed + 1           ; the oldest goes
                mov     di, typed
                mov     cx, TYPED - 1
                rep     movsb
.room:          stosb
                mov     [typed_end], di
.none:          pop     ax
                ret

; Zero flag: no shift key is down.
shift_held:     test    byte [held + 2Ah / 8], 1 << (2Ah % 8)
                jnz     .held
                test    byte [held + 36h / 8], 1 << (36h % 8)
.held:          ret

; What key AL asks for.
command:        cmp     al, 3Bh                 ; F1 to F6: video modes
                jb      .other
                cmp     al, 40h
                ja      .other
                sub     al, 3Bh
                jmp     set_mode
.other:         mov     si, functions
.function:      mov     bx, [si + 1]
                cmp     al, [si]
                je      .do
                add     si, 3
                cmp     si, functions.end
                jb      .function
                cmp     byte [options + opt.letters], 0
                je      .none
.letter:        mov     bx, [si + 1]
                cmp     al, [si]
                je      .do
                add     si, 3
                cmp     si, letters.end
                jb      .letter
.none:          ret
.do:            jmp     bx

functions:      db      41h
                dw      toggle_flood            ; F7
                db      42h
                dw      toggle_ignore           ; F8
                db      43h
                dw      start_again             ; F9
                db      44h
                dw      leave                   ; F10
                db      58h
                dw      die                     ; F12
.end:
letters:        db      21h
                dw      letter_f
                db      17h
                dw      toggle_ignore           ; i
                db      13h
                dw      start_again             ; r
                db      19h
                dw      leave                   ; p
                db      23h
                dw      die                     ; h
.end:

letter_f:       call    shift_held
                jz      toggle_flood
                jmp     flood_off

line_key:       db      "key ", 0
word_down:      db      " down", LINE
word_up:        db      " up", LINE
word_repeat:    db      " repeat", LINE

; US layout, by make code from 0 to 39h (space).
characters:     db      0, 0, "1234567890-=", 0, 0, "qwertyuiop[]", 0, 0, "asdfghjkl;'`", 0
                db      "\zxcvbnm,./", 0, "*", 0, " "
.end:
capitals:       db      0, 0, '!@#$%^&*()_+', 0, 0, 'QWERTYUIOP{}', 0, 0, 'ASDFGHJKL:"~', 0
                db      "|ZXCVBNM<>?", 0, "*", 0, " "

bios_int15:     dd      0
timer_divisor:  dw      0
fast_s:         db      0
downs:          dd      0
ups:            dd      0
repeats:        dd      0
held_count:     dd      0
held:           times   32 db 0                 ; a bit for each key
ring:           times   RING db 0
ring_in:        db      0
ring_out:       db      0
prefix:         db      0
pause_bytes:    db      0
