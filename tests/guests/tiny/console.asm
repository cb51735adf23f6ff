; Words out: the serial port COM1 and numbers as text. Uses no memory but its own.

COM1            equ     3F8h

; 115,200 baud, 8N1, FIFO on, no interrupts.
serial_init:    push    si
                mov     si, .steps
.next:          lodsw                   ; AL: register, AH: value
                cmp     al, 0FFh
                je      .done
                movzx   dx, al
                add     dx, COM1
                mov     al, ah
                out     dx, al
                jmp     .next
.done:          pop     si
                ret
.steps:         db      1, 0,  3, 80h,  0, 1,  1, 0,  3, 3,  2, 7,  4, 3,  0FFh, 0

; AL to the serial port. Gives up when the port does not drain, for a reader that has stopped
; reading must not stop the system. Keeps all registers.
serial_char:    pusha
                mov     ah, al
                mov     cx, 2000h
                mov     dx, COM1 + 5    ; line status
.full:          in      al, dx
                test    al, 20h         ; transmitter holding register empty
                loopz   .full
                jz      .lost
                mov     dx, COM1
                mov     al, ah
                out     dx, al
.lost:          popa
                ret

; The text at SI, up to a 0, to the serial port. Keeps all registers.
serial:         pusha
.next:          lodsb
                test    al, al
                jz      .end
                call    serial_char
                jmp     .next
.end:           popa
                ret

; EAX in decimal to the serial port. Keeps all registers.
serial_number:  push    si
                call    decimal
                call    serial
                pop     si
                ret

serial_end:     push    si
                mov     si, line_end
                call    serial
                pop     si
                ret
line_end:       db      LINE

; A whole line: SI text, EAX a number behind it. Keeps all registers.
serial_line:    call    serial
                call    serial_number
                jmp     serial_end

; AL as two hexadecimal digits to the serial port. Keeps all registers.
serial_hex:     push    ax
                ror     al, 4
                call    .digit
                ror     al, 4
                call    .digit
                pop     ax
                ret
.digit:         push    ax
                and     al, 0Fh
                cmp     al, 10
                sbb     al, 69h         ; 0..9 -> 96h..9Fh, 10..15 -> A1h..A6h
                das                     ; -> '0'..'9', 'A'..'F'
                or      al, 20h         ; '0' has that bit, 'A' becomes 'a'
                call    serial_char
                pop     ax
                ret

; EAX -> SI: its decimal digits and a 0, valid until the next call. Keeps the rest.
decimal:        pushad
                mov     si, .buffer + 10
                mov     ebx, 10
.next:          xor     edx, edx
                div     ebx
                dec     si
                add     dl, "0"
                mov     [si], dl
                test    eax, eax
                jnz     .next
                mov     [.first], si
                popad
                mov     si, [.first]
                ret
.buffer:        times   10 db 0         ; 4,294,967,295 has ten digits
                db      0
.first:         dw      0
