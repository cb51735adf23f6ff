; The text screen: white on blue, each fact in a place of its own. README.md shows it.

TEXT_SEGMENT    equ     0B800h
WHITE_ON_BLUE   equ     1Fh
TYPED           equ     60                      ; characters that the screen remembers

%define CELL(row, column) ((row) * 80 + (column)) * 2

; All of it. Expects text mode.
show_page:      mov     ah, 1                   ; no cursor
                mov     cx, 2000h
                int     10h
                push    word TEXT_SEGMENT
                pop     es
                xor     di, di
                mov     ax, WHITE_ON_BLUE << 8 | " "
                mov     cx, 80 * 25
                rep     stosw
                push    word 0
                pop     es
                mov     bx, labels
.label:         mov     di, [bx]
                mov     si, [bx + 2]
                call    put
                add     bx, 4
                cmp     bx, labels.end
                jb      .label
                mov     di, CELL(4, 16)
                mov     eax, [RECORD + rec.boots]
                call    put_number
                mov     di, CELL(5, 16)
                mov     eax, [RECORD + rec.installs]
                call    put_number
                mov     si, text_clean
                cmp     byte [was_clean], 0
                jne     .stop
                mov     si, text_unclean
.stop:          mov     di, CELL(6, 16)
                call    put
                call    show_ticks
                call    show_button
                jmp     show_keys

; These three change while the system runs; they do nothing in a graphics mode. Keep AL.
show_ticks:     push    eax
                mov     eax, [ticks]
                mov     di, CELL(8, 16)
                call    put_number
                pop     eax
                ret

show_button:    mov     si, text_ignored
                cmp     byte [ignoring], 0
                jne     .put
                mov     si, text_obeyed
.put:           mov     di, CELL(9, 16)
                jmp     put

show_keys:      push    eax
                mov     eax, [downs]
                mov     di, CELL(11, 16)
                call    put_number
                mov     eax, [ups]
                mov     di, CELL(12, 16)
                call    put_number
                mov     eax, [held_count]
                mov     di, CELL(13, 16)
                call    put_number
                mov     si, typed
                mov     di, CELL(15, 16)
                call    put
                pop     eax
                ret

; EAX at cell DI, with a blank behind it for a number that was longer.
put_number:     call    decimal
                call    put
                mov     si, text_blank          ; DI is behind the digits

; The text at SI to cell DI; DI ends behind it. Keeps the rest.
put:            cmp     byte [mode], 0
                jne     .no
                push    es
                push    ax
                push    word TEXT_SEGMENT
                pop     es
                mov     ah, WHITE_ON_BLUE
.next:          lodsb
                test    al, al
                jz      .end
                stosw
                jmp     .next
.end:           pop     ax
                pop     es
.no:            ret

labels:         dw      CELL(2, 4), text_title
                dw      CELL(4, 4), text_boots
                dw      CELL(5, 4), text_installs
                dw      CELL(6, 4), text_stop
                dw      CELL(8, 4), text_up
                dw      CELL(9, 4), text_button
                dw      CELL(11, 4), text_downs
                dw      CELL(12, 4), text_ups
                dw      CELL(13, 4), text_held
                dw      CELL(15, 4), text_typed
                dw      CELL(21, 4), text_help_1
                dw      CELL(22, 4), text_help_2
.end:
text_title:     db      "TinyOS", 0
text_boots:     db      "boots:", 0
text_installs:  db      "installs:", 0
text_stop:      db      "last stop:", 0
text_up:        db      "seconds:", 0
text_button:    db      "power key:", 0
text_downs:     db      "keys down:", 0
text_ups:       db      "keys up:", 0
text_held:      db      "keys held:", 0
text_typed:     db      "typed:", 0
text_help_1:    db      "F1 text  F2 320x200  F3 800x600  F4 1024x768  F5 1280x800  F6 1920x1080", 0
text_help_2:    db      "F7 flood  F8 power key on/off  F9 restart  F10 power off  F12 halt", 0
text_clean:     db      "clean", 0
text_unclean:   db      "UNCLEAN", 0
text_obeyed:    db      "obeyed ", 0
text_ignored:   db      "ignored", 0
text_blank:     db      " ", 0
typed:          times   TYPED + 1 db 0
typed_end:      dw      typed
