# Packs the default rules into one file: for each, "shodo-file <bytes> <name>\n", the bytes, "\n". Names sorted.
# Called with -DTOP=… -DOUT=… ; writes OUT only when it changes.
set(text "")
file(GLOB names RELATIVE ${TOP} ${TOP}/yara/*.yar ${TOP}/artifacts/*.yaml ${TOP}/detect/*.yaml)
list(SORT names)
foreach(name ${names})
  file(SIZE ${TOP}/${name} size)
  file(READ ${TOP}/${name} body)
  string(APPEND text "shodo-file ${size} ${name}\n${body}\n")
endforeach()
file(WRITE ${OUT}.new "${text}")
execute_process(COMMAND ${CMAKE_COMMAND} -E copy_if_different ${OUT}.new ${OUT})
file(REMOVE ${OUT}.new)
