; Video modes, the picture that answers keys, and the flood of frames.
;
; In a graphics mode the whole screen has one colour, with a marker of 64x64 pixels in the upper
; left corner: dark with a black marker, and after each key that goes down the other way round,
; bright with a white one. Where the card has room for two pages both are painted beforehand and a
; key only changes which one is shown: nothing that the guest does could be quicker.

MODES           equ     6
MARKER_PX       equ     64
BACKGROUND_0    equ     00204060h               ; 00RRGGBB
BACKGROUND_1    equ     00E0C040h
MARKER_0        equ     00000000h
MARKER_1        equ     00FFFFFFh

struc vmode
  .width:       resw    1                       ; 0: a mode of the BIOS's own
  .height:      resw    1
  .name:        resw    1
endstruc

; Mode AL: 0 text, 1 320x200, 2 and up VBE. One that the card does not have leaves all as it is.
set_mode:       movzx   bx, al
                cmp     bx, MODES
                jae     .done
                imul    di, bx, vmode_size
                add     di, modes
                cmp     bl, 1
                ja      .vbe
                mov     [flooding], bh          ; 0
                mov     [mode], bl
                mov     ax, 3
                jb      .bios
                mov     ax, 13h
.bios:          call    bios_mode
                call    say_mode
                cmp     byte [mode], 0
                je      show_page
                jmp     paint
.vbe:           push    bx
                call    find_vbe                ; BX: its number
                jc      .missing
                or      bx, 4000h               ; with a linear frame buffer
                mov     ax, 4F02h
                call    bios_mode
                cmp     ax, 4Fh
                jne     .missing
                pop     bx
                mov     byte [flooding], 0
                mov     [mode], bl
                call    take_geometry
                call    say_mode
                jmp     paint
.missing:       pop     bx
                mov     si, line_mode
                call    serial
                mov     si, [di + vmode.name]
                call    serial
                mov     si, word_missing
                jmp     serial
.done:          ret

; INT 10h with AX (and BX) to set a mode; the BIOS may clear the window at A0000h.
bios_mode:      cli
                int     10h
                call    flat_open       ; forget the window, see flat.asm
                jmp     flat_close

say_mode:       mov     si, line_mode
                call    serial
                mov     si, [di + vmode.name]
                call    serial
                jmp     serial_end

; BX: the VBE mode with 32 bits a pixel and the size of the row at DI; MODE_INFO describes it.
; Carry: there is none.
find_vbe:       push    di
                mov     bp, di
                mov     dword [VBE_INFO], "VBE2"
                mov     di, VBE_INFO
                mov     ax, 4F00h
                int     10h
                cmp     ax, 4Fh
                jne     .none
                lfs     si, [VBE_INFO + 14]     ; list of modes, ends with FFFFh
.next:          mov     cx, [fs:si]
                add     si, 2
                cmp     cx, 0FFFFh
                je      .none
                mov     di, MODE_INFO
                mov     ax, 4F01h
                int     10h
                cmp     ax, 4Fh
                jne     .next
                test    byte [MODE_INFO], 80h   ; has a linear frame buffer
                jz      .next
                cmp     byte [MODE_INFO + 25], 32
                jne     .next
                mov     ax, [MODE_INFO + 18]
                cmp     ax, [ds:bp + vmode.width]
                jne     .next
                mov     ax, [MODE_INFO + 20]
                cmp     ax, [ds:bp + vmode.height]
                jne     .next
                mov     bx, cx
                pop     di
                clc
                ret
.none:          pop     di
                stc
                ret

; Notes what VBE said about the mode just set.
take_geometry:  mov     eax, [MODE_INFO + 40]
                mov     [frame_at], eax
                movzx   eax, word [MODE_INFO + 16]
                mov     [pitch], eax
                movzx   ecx, word [MODE_INFO + 20]
                mov     [lines], cx
                imul    eax, ecx
                mov     [page_bytes], eax
                movzx   ecx, word [VBE_INFO + 18]       ; the card's memory in 64 KiB
                shl     ecx, 16
                add     eax, eax
                cmp     ecx, eax
                setae   [two_pages]
                ret

; The dark picture on the screen, the bright one ready.
paint:          mov     byte [shown], 0
                cmp     byte [mode], 1
                je      .small
                mov     al, 0
                call    show_frame_page
                mov     edi, [frame_at]
                mov     eax, BACKGROUND_0
                mov     edx, MARKER_0
                call    paint_page
                cmp     byte [two_pages], 0
                je      .done
                mov     edi, [frame_at]
                add     edi, [page_bytes]
                mov     eax, BACKGROUND_1
                mov     edx, MARKER_1
                jmp     paint_page
.small:         mov     ax, 0001h               ; blue and black in the BIOS's palette
                jmp     paint_small
.done:          ret

; The page at linear address EDI: colour EAX, marker EDX.
paint_page:     mov     ebp, edi
                mov     ecx, [page_bytes]
                shr     ecx, 2
                call    flat_fill
                mov     eax, edx
                mov     dx, MARKER_PX
.row:           mov     edi, ebp
                mov     ecx, MARKER_PX
                call    flat_fill
                add     ebp, [pitch]
                dec     dx
                jnz     .row
                ret

; 320x200: colour AL, marker AH (indices of the palette).
paint_small:    cli
                push    word 0A000h
                pop     es
                xor     di, di
                mov     cx, 320 * 200
                rep     stosb
                mov     al, ah
                xor     di, di
                mov     dx, MARKER_PX
.row:           mov     cx, MARKER_PX
                rep     stosb
                add     di, 320 - MARKER_PX
                dec     dx
                jnz     .row
                call    flat_open       ; forget the window, see flat.asm
                jmp     flat_close

; Shows page AL of the frame buffer.
show_frame_page:
                movzx   dx, al
                imul    dx, [lines]
                xor     cx, cx
                mov     bx, 0
                mov     ax, 4F07h               ; set display start: CX pixel, DX line
                int     10h
                ret

; A key went down: the other picture. Keeps AL; nothing happens in text mode or in a flood.
flip:           cmp     byte [mode], 0
                je      .no
                cmp     byte [flooding], 0
                jne     .no
                pusha
                xor     byte [shown], 1
                mov     al, [shown]
                cmp     byte [mode], 1
                je      .small
                cmp     byte [two_pages], 0
                je      .repaint
                call    show_frame_page
                popa
                ret
.small:         test    al, al
                mov     ax, 0001h
                jz      .dark
                mov     ax, 0F0Eh               ; yellow, white
.dark:          call    paint_small
                popa
                ret
.repaint:       popa
                pushad
                mov     edi, [frame_at]
                mov     eax, BACKGROUND_0
                mov     edx, MARKER_0
                cmp     byte [shown], 0
                je      .paint
                mov     eax, BACKGROUND_1
                mov     edx, MARKER_1
.paint:         call    paint_page
                popad
.no:            ret

; The flood: full frames, each of another colour, as quickly as they can be drawn. The marker's
; colour is the frame's number, so that a reader can tell frames apart and see what it missed.
toggle_flood:   cmp     byte [flooding], 0
                jne     flood_off
                cmp     byte [mode], 1
                mov     si, line_no_flood
                jbe     serial
                mov     byte [flooding], 1
                mov     dword [frames], 0
                mov     si, line_flood_on
                jmp     serial

flood_off:      cmp     byte [flooding], 0
                je      .no
                mov     byte [flooding], 0
                mov     si, line_flood_off
                call    serial
                jmp     paint
.no:            ret

flood_frame:    inc     dword [frames]
                inc     dword [frame_number]
                mov     edi, [frame_at]
                cmp     byte [two_pages], 0
                je      .page
                xor     byte [shown], 1
                jz      .page
                add     edi, [page_bytes]
.page:          mov     edx, [frame_number]
                and     edx, 0FFFFFFh
                imul    eax, edx, 00253B71h     ; odd: no two neighbours look alike
                and     eax, 0FFFFFFh
                call    paint_page
                cmp     byte [two_pages], 0
                je      .done
                mov     al, [shown]
                jmp     show_frame_page
.done:          ret

; Once a second: how many frames there were.
flood_second:   cmp     byte [flooding], 0
                je      .no
                mov     si, line_frames
                mov     eax, [frames]
                mov     dword [frames], 0
                jmp     serial_line
.no:            ret

modes:          dw      0, 0, name_text
                dw      0, 0, name_320
                dw      800, 600, name_800
                dw      1024, 768, name_1024
                dw      1280, 800, name_1280
                dw      1920, 1080, name_1920
name_text:      db      "text", 0
name_320:       db      "320x200", 0
name_800:       db      "800x600", 0
name_1024:      db      "1024x768", 0
name_1280:      db      "1280x800", 0
name_1920:      db      "1920x1080", 0
line_mode:      db      "mode ", 0
word_missing:   db      " missing", LINE
line_flood_on:  db      "flood on", LINE
line_flood_off: db      "flood off", LINE
line_no_flood:  db      "flood missing", LINE
line_frames:    db      "frames ", 0

                align   4
frame_at:       dd      0                       ; linear address of page 0
pitch:          dd      0                       ; bytes a line
page_bytes:     dd      0
frames:         dd      0                       ; in this second
frame_number:   dd      0
lines:          dw      0
mode:           db      0
shown:          db      0                       ; page, or picture where there is one page
two_pages:      db      0
flooding:       db      0
