# The third-party static libraries, each as an imported interface target shodo::NAME.
# Sanitizer builds take whatever the linker finds (shared), the programs only archives.
if(NOT SHODO_SANITIZE AND NOT SHODO_FUZZ)
  set(CMAKE_FIND_LIBRARY_SUFFIXES .a)
endif()

# shodo_lib(NAME ARCHIVE NEEDS…): the archive as an imported target, so that the linker sees it before what it needs.
# NEEDS are other NAMEs or plain library names.
function(shodo_lib name archive)
  find_library(SHODO_LIB_${archive} NAMES ${archive} REQUIRED)
  add_library(shodo_ext_${name} UNKNOWN IMPORTED GLOBAL)
  set_target_properties(shodo_ext_${name} PROPERTIES IMPORTED_LOCATION ${SHODO_LIB_${archive}})
  foreach(l ${ARGN})
    if(NOT TARGET shodo_ext_${l})
      shodo_lib(${l} ${l})
    endif()
    target_link_libraries(shodo_ext_${name} INTERFACE shodo_ext_${l})
  endforeach()
  add_library(shodo::${name} ALIAS shodo_ext_${name})
endfunction()

shodo_lib(zlib z)
shodo_lib(crypto crypto zlib zstd) # Debian 13's libcrypto compresses with zstd
shodo_lib(yaml yaml)
shodo_lib(jansson jansson)
shodo_lib(magic magic bz2 lzma zlib)
shodo_lib(yara yara jansson magic crypto)
shodo_lib(tsk tsk ewf vhdi vmdk bfio zlib crypto)
shodo_lib(archive archive nettle lzma bz2 zstd lz4 zlib crypto)
shodo_lib(curses ncursesw tinfo)
shodo_lib(expat expat)
shodo_lib(qrcodegen qrcodegen)
shodo_lib(freetype freetype png16 brotlidec brotlicommon bz2 zlib)
target_link_libraries(shodo_ext_tsk INTERFACE stdc++)
foreach(t yara tsk freetype jansson)
  target_link_libraries(shodo_ext_${t} INTERFACE m)
endforeach()
