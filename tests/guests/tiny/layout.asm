; What the pieces of TinyOS agree on: the disk's layout, the record, the options block, low memory.
; Included by all of them; tests/guests/tiny/disc.py and record.py know the same numbers.
;
; The disk (sectors of 512 bytes, counted from 0):
;
;        0      boot sector (boot.asm), written last by the set-up
;   1 ..        the system (system.asm), SYSTEM_SECTORS of them
;   62, 63      the record, two copies written in turn (record.asm)
;   2048 ..     fill sectors, as many as the options say (setup.asm)

                cpu     686
                bits    16

SECTOR          equ     512
SYSTEM_LBA      equ     1
SYSTEM_SECTORS  equ     12
RECORD_LBA      equ     62
FILL_LBA        equ     2048

; Low memory. All segment registers are 0, except where a line says otherwise.
SCRATCH         equ     0600h           ; 512 bytes: one sector, or an answer of the BIOS
RECORD          equ     0800h           ; 512 bytes: the record in use
VBE_INFO        equ     0A00h           ; 512 bytes: INT 10h/4F00h
MODE_INFO       equ     0C00h           ; 256 bytes: INT 10h/4F01h
STACK_TOP       equ     7C00h
BOOT_AT         equ     7C00h           ; where the BIOS loads boot sector and set-up
SYSTEM_AT       equ     8000h           ; where boot.asm loads the system
BULK_SEGMENT    equ     1000h           ; 64 KiB for bulk transfers
BULK_SECTORS    equ     64              ; in one transfer, 32 KiB

; The record: one sector. The 128 double words of a valid one add up to 0.
struc rec
  .magic:       resb    8               ; "TINYREC1"
  .sequence:    resd    1               ; the valid copy with the greater one counts
  .installs:    resd    1               ; set-ups begun on this disk
  .finished:    resd    1               ; set-ups that came to their end
  .boots:       resd    1               ; starts of the system since the last set-up
  .clean:       resd    1               ; 1: no system runs, the last one said good-bye
  .unclean:     resd    1               ; starts that found `clean` = 0
  .fill_count:  resd    1               ; fill sectors from FILL_LBA on
  .fill_seed:   resd    1
endstruc
REC_SUM         equ     SECTOR - 4      ; makes the sum 0

; The options block. The builder looks for its magic and patches what follows, in the set-up and
; in the system alike. See TinyOptions in disc.py for what each one means.
struc opt
  .magic:       resb    8               ; "TINYOPT1"
  .after:       resb    1               ; 0 restart, 1 power off, 2 ask to remove the disc
  .wait_key:    resb    1               ; 1: set-up begins when a key is pressed
  .key_limit:   resb    1               ; seconds to wait for it; 0: for ever
  .ignore:      resb    1               ; 1: the power button does nothing
  .tick:        resb    1               ; 1: count the seconds on screen and serial port
  .mode:        resb    1               ; first video mode, 0 to 5 as F1 to F6
  .letters:     resb    1               ; 1: the letters f i p r h are commands
  .reserved:    resb    1
  .fill_count:  resd    1
  .fill_seed:   resd    1
  .reserved2:   resb    8
endstruc

%macro OPTIONS_BLOCK 0
options:        db      "TINYOPT1"
                times   opt_size - 8 db 0
%endmacro

; The end of a text that is a line of its own.
%define LINE    13, 10, 0

; A sector's worth of where and what for INT 13h/42h and /43h ("disk address packet").
struc dap
  .size:        resb    2               ; 16
  .count:       resw    1
  .offset:      resw    1
  .segment:     resw    1
  .lba:         resq    1
endstruc
