#pragma once
// Debian builds libxml2 with ICU, whose types collide with Foundation's own ICU in a Swift module that sees both.
// Only libxml2 itself allocates the structs that this shortens, so dropping the two trailing pointers is safe.
#include <libxml/xmlversion.h>
#undef LIBXML_ICU_ENABLED
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <libxml/xmlerror.h>
#include <libxml/xmlreader.h>
