# One interface target carries the settings of everything of ours; nothing global is edited.

add_library(shodo_settings INTERFACE)
target_compile_features(shodo_settings INTERFACE c_std_17)
target_compile_definitions(shodo_settings INTERFACE _GNU_SOURCE SHODO_VERSION="${PROJECT_VERSION}")
target_include_directories(shodo_settings INTERFACE ${PROJECT_SOURCE_DIR}/toolkit/src)
target_compile_options(shodo_settings INTERFACE
  -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wpointer-arith -Wwrite-strings
  -ffile-prefix-map=${PROJECT_SOURCE_DIR}=. -fno-strict-aliasing
  $<$<BOOL:${SHODO_WERROR}>:-Werror>)
if(SHODO_SANITIZE)
  target_compile_options(shodo_settings INTERFACE -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer -g)
  target_link_options(shodo_settings INTERFACE -fsanitize=address,undefined)
  target_compile_definitions(shodo_settings INTERFACE SHODO_SANITIZED=1)
elseif(SHODO_FUZZ)
  target_compile_options(shodo_settings INTERFACE -fsanitize=address,undefined,fuzzer-no-link -fno-omit-frame-pointer -g)
  target_link_options(shodo_settings INTERFACE -fsanitize=address,undefined)
  target_compile_definitions(shodo_settings INTERFACE SHODO_SANITIZED=1)
else()
  target_compile_options(shodo_settings INTERFACE
    -fstack-protector-strong -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -fstack-clash-protection -fcf-protection)
endif()

# shodo_library(NAME SOURCES… LIBS…): a static library, one per room.
function(shodo_library name)
  cmake_parse_arguments(A "" "" "SOURCES;LIBS" ${ARGN})
  add_library(${name} STATIC ${A_SOURCES})
  set_target_properties(${name} PROPERTIES C_EXTENSIONS OFF POSITION_INDEPENDENT_CODE ON)
  target_link_libraries(${name} PUBLIC shodo_settings ${A_LIBS})
endfunction()

# shodo_program(NAME SOURCES… LIBS…): a fully static (static-pie) program; dynamic in sanitizer builds.
function(shodo_program name)
  cmake_parse_arguments(A "" "" "SOURCES;LIBS" ${ARGN})
  add_executable(${name} ${A_SOURCES})
  # -fPIE by hand: with the property, CMake may add -pie after our -static-pie and make the program dynamic
  set_target_properties(${name} PROPERTIES C_EXTENSIONS OFF)
  target_compile_options(${name} PRIVATE -fPIE)
  target_link_libraries(${name} PRIVATE shodo_settings ${A_LIBS})
  if(NOT SHODO_SANITIZE AND NOT SHODO_FUZZ)
    target_link_libraries(${name} PRIVATE shodo_stubs) # objects, in front of the archives: base/stubs.c
    target_link_options(${name} PRIVATE -static-pie -Wl,-z,relro,-z,now -Wl,-Map=$<TARGET_FILE:${name}>.map)
    # the only dlopen warning left comes from glibc's own start-up code
  endif()
endfunction()

# shodo_embed(TARGET SYMBOL FILE): FILE's bytes as `const unsigned char SYMBOL[]` and `const size_t SYMBOL_len`.
function(shodo_embed target symbol file)
  set(asm ${CMAKE_CURRENT_BINARY_DIR}/${symbol}.S)
  file(GENERATE OUTPUT ${asm} CONTENT
"#ifdef __CET__\n#include <cet.h>\n#endif\n.section .rodata\n.balign 16\n.global ${symbol}\n.type ${symbol}, @object\n${symbol}:\n.incbin \"${file}\"\n.L${symbol}_end:\n.byte 0\n.size ${symbol}, . - ${symbol}\n.balign 8\n.global ${symbol}_len\n.type ${symbol}_len, @object\n${symbol}_len:\n.quad .L${symbol}_end - ${symbol}\n.size ${symbol}_len, 8\n.section .note.GNU-stack,\"\",@progbits\n")
  set_source_files_properties(${asm} PROPERTIES OBJECT_DEPENDS ${file} GENERATED TRUE)
  target_sources(${target} PRIVATE ${asm})
endfunction()
