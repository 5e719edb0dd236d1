#include "epu_png_writer.h"
