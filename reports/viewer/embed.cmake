# Writes the viewer's page into one C file: cmake -DOUT=FILE -P embed.cmake
# The page names its own style and script by their hashes and lets nothing else run or load.
cmake_minimum_required(VERSION 3.22)

# The scripts in the order in which they build on each other.
set(scripts data content elements treemap pages object views viewer)

# A hash as content security policies have it: the base64 of its bytes.
function(hash_source text out)
  set(digits ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/)
  string(SHA256 hex "${text}")
  set(result "")
  foreach(at RANGE 0 60 6) # 3 bytes are 4 digits; 32 bytes leave one out
    string(SUBSTRING "${hex}00" ${at} 6 part)
    math(EXPR bits "0x${part}")
    foreach(shift 18 12 6 0)
      math(EXPR digit "(${bits} >> ${shift}) & 63")
      string(SUBSTRING ${digits} ${digit} 1 digit)
      string(APPEND result ${digit})
    endforeach()
  endforeach()
  string(SUBSTRING ${result} 0 43 result)
  set(${out} "sha256-${result}=" PARENT_SCOPE)
endfunction()

# Text of a file; brackets and semicolons mean something to lists of CMake, so none are made of it.
function(read_text name out)
  file(READ ${CMAKE_CURRENT_LIST_DIR}/${name} text)
  set(${out} "${text}" PARENT_SCOPE)
endfunction()

function(bytes_of text out)
  string(HEX "${text}" hex)
  string(REGEX REPLACE "(..)" "0x\\1," hex "${hex}")
  set(${out} "${hex}" PARENT_SCOPE)
endfunction()

read_text(viewer.html page)
read_text(viewer.css style)
set(script "")
foreach(name ${scripts})
  read_text(${name}.js text)
  string(APPEND script "${text}")
endforeach()
hash_source("${style}" style_hash)
hash_source("${script}" script_hash)
string(REPLACE "{{style-hash}}" "${style_hash}" page "${page}")
string(REPLACE "{{script-hash}}" "${script_hash}" page "${page}")
string(REPLACE "{{style}}" "${style}" page "${page}")
string(REPLACE "{{script}}" "${script}" page "${page}")
string(FIND "${page}" "{{data}}" data)
string(SUBSTRING "${page}" 0 ${data} head)
math(EXPR data "${data} + 8")
string(SUBSTRING "${page}" ${data} -1 tail)
bytes_of("${head}" head)
bytes_of("${tail}" tail)
file(WRITE ${OUT} "// Made from reports/viewer by embed.cmake.

#include \"reports/private.h\"

const char rep__page_head[] = {${head}0};
const char rep__page_tail[] = {${tail}0};
")
