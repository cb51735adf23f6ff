; The board's switches: restart, power off, and the power button as ACPI has it.

RESET_PORT      equ     0CF9h           ; chipset reset control, PIIX3 and ICH9 alike
USUAL_PM1       equ     600h            ; where SeaBIOS puts the PM1a blocks on both boards
PM1_BUTTON      equ     100h            ; PWRBTN_STS, PWRBTN_EN (ACPI 4.8.3.1)
PM1_SLEEP       equ     2000h           ; SLP_EN with SLP_TYP 0, which is S5 on both boards

; Hard reset, as a person's restart. Does not return.
restart:        mov     dx, RESET_PORT
                mov     al, 2
                out     dx, al
                mov     al, 6
                out     dx, al
halted:         hlt
                jmp     halted

; Does not return.
power_off:      mov     dx, [pm1_control]
                mov     ax, PM1_SLEEP
                out     dx, ax
                jmp     halted

pm1_event:      dw      USUAL_PM1
pm1_control:    dw      USUAL_PM1 + 4
