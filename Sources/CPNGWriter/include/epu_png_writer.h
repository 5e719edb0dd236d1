#pragma once
#include <stddef.h>
#include <stdint.h>

/// Encodes a PNG image row by row into memory, from which the caller takes the bytes as they come.
///
/// libpng reports errors by longjmp, which must not cross Swift frames: every function here that calls libpng sets its
/// own jump target, and returns 0 or, after an error, -1. After an error all further calls fail.
typedef struct epu_png_writer epu_png_writer;

/// 3 bytes a pixel: red, green, blue; compressed as drawings. NULL where there is no memory.
epu_png_writer *epu_png_new(uint32_t width, uint32_t height);

/// 1 byte a pixel, the index of one of 256 colours, whose red, green and blue are `rgb`; compressed as pictures.
epu_png_writer *epu_png_new_indexed(uint32_t width, uint32_t height, const uint8_t rgb[768]);

/// Adds a text chunk before the first row. `keyword` is 1 to 79 ASCII characters, `value` is UTF-8.
int epu_png_text(epu_png_writer *writer, const char *keyword, const char *value);

/// `row` holds width * 3 bytes, or, with an index a pixel, width.
int epu_png_row(epu_png_writer *writer, const uint8_t *row);

/// After the last row.
int epu_png_finish(epu_png_writer *writer);

/// The bytes encoded since the last epu_png_clear; valid until the next call.
const uint8_t *epu_png_bytes(const epu_png_writer *writer, size_t *count);
void epu_png_clear(epu_png_writer *writer);

/// What went wrong, in libpng's words; empty where nothing did.
const char *epu_png_error(const epu_png_writer *writer);

void epu_png_free(epu_png_writer *writer);
