#include "epu_png_writer.h"

#include <png.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

struct epu_png_writer {
    png_structp png;
    png_infop info;
    uint8_t *bytes;
    size_t count;
    size_t capacity;
    int header_written;
    int failed;
    char message[256];
};

static void on_error(png_structp png, png_const_charp text) {
    epu_png_writer *writer = png_get_error_ptr(png);
    writer->failed = 1;
    snprintf(writer->message, sizeof writer->message, "%s", text);
    png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp text) {
    (void)png;
    (void)text;
}

static void on_bytes(png_structp png, png_bytep data, size_t length) {
    epu_png_writer *writer = png_get_io_ptr(png);
    if (length > writer->capacity - writer->count) {
        size_t capacity = writer->capacity ? writer->capacity : 1 << 16;
        while (capacity - writer->count < length) {
            if (capacity > SIZE_MAX / 2) png_error(png, "out of memory");
            capacity *= 2;
        }
        uint8_t *bytes = realloc(writer->bytes, capacity);
        if (!bytes) png_error(png, "out of memory");
        writer->bytes = bytes;
        writer->capacity = capacity;
    }
    memcpy(writer->bytes + writer->count, data, length);
    writer->count += length;
}

static void on_flush(png_structp png) { (void)png; }

static epu_png_writer *new_writer(uint32_t width, uint32_t height, const uint8_t *rgb) {
    epu_png_writer *writer = calloc(1, sizeof *writer);
    if (!writer) return NULL;
    writer->png = png_create_write_struct(PNG_LIBPNG_VER_STRING, writer, on_error, on_warning);
    if (writer->png) writer->info = png_create_info_struct(writer->png);
    if (!writer->info) {
        epu_png_free(writer);
        return NULL;
    }
    // A refused width or height is kept as the writer's error, so that the caller can tell it.
    if (setjmp(png_jmpbuf(writer->png))) return writer;
    png_set_user_limits(writer->png, 0x7fffffff, 0x7fffffff);
    png_set_write_fn(writer->png, writer, on_bytes, on_flush);
    png_set_IHDR(
        writer->png, writer->info, width, height, 8, rgb ? PNG_COLOR_TYPE_PALETTE : PNG_COLOR_TYPE_RGB,
        PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    // One fixed filter: trying all of them for each row is what takes libpng's default its time.
    if (rgb) {
        png_color palette[256];
        for (int i = 0; i < 256; i++)
            palette[i] = (png_color){.red = rgb[3 * i], .green = rgb[3 * i + 1], .blue = rgb[3 * i + 2]};
        png_set_PLTE(writer->png, writer->info, palette, 256);
        // Micrographs are noise, in which nothing repeats but runs: 4 times faster than libpng's default, and smaller.
        png_set_compression_strategy(writer->png, Z_RLE);
        png_set_filter(writer->png, PNG_FILTER_TYPE_BASE, PNG_FILTER_AVG);
    } else {
        // Drawings repeat what stands above.
        png_set_compression_level(writer->png, 2);
        png_set_filter(writer->png, PNG_FILTER_TYPE_BASE, PNG_FILTER_UP);
    }
    return writer;
}

epu_png_writer *epu_png_new(uint32_t width, uint32_t height) { return new_writer(width, height, NULL); }

epu_png_writer *epu_png_new_indexed(uint32_t width, uint32_t height, const uint8_t rgb[768]) {
    return new_writer(width, height, rgb);
}

int epu_png_text(epu_png_writer *writer, const char *keyword, const char *value) {
    if (writer->failed) return -1;
    if (setjmp(png_jmpbuf(writer->png))) return -1;
    int ascii = 1;
    for (const char *c = value; *c; c++) ascii = ascii && (unsigned char)*c < 0x80;
    // tEXt is Latin-1, iTXt is UTF-8 (https://www.w3.org/TR/png/#11textinfo); libpng copies both strings.
    png_text text = {0};
    text.compression = ascii ? PNG_TEXT_COMPRESSION_NONE : PNG_ITXT_COMPRESSION_NONE;
    text.key = (char *)keyword;
    text.text = (char *)value;
    png_set_text(writer->png, writer->info, &text, 1);
    return 0;
}

static void write_header(epu_png_writer *writer) {
    if (writer->header_written) return;
    writer->header_written = 1;
    png_write_info(writer->png, writer->info);
}

int epu_png_row(epu_png_writer *writer, const uint8_t *row) {
    if (writer->failed) return -1;
    if (setjmp(png_jmpbuf(writer->png))) return -1;
    write_header(writer);
    png_write_row(writer->png, row);
    return 0;
}

int epu_png_finish(epu_png_writer *writer) {
    if (writer->failed) return -1;
    if (setjmp(png_jmpbuf(writer->png))) return -1;
    write_header(writer);
    png_write_end(writer->png, NULL);
    return 0;
}

const uint8_t *epu_png_bytes(const epu_png_writer *writer, size_t *count) {
    *count = writer->count;
    return writer->bytes;
}

void epu_png_clear(epu_png_writer *writer) { writer->count = 0; }

const char *epu_png_error(const epu_png_writer *writer) { return writer->message; }

void epu_png_free(epu_png_writer *writer) {
    if (!writer) return;
    if (writer->png) png_destroy_write_struct(&writer->png, writer->info ? &writer->info : NULL);
    free(writer->bytes);
    free(writer);
}
