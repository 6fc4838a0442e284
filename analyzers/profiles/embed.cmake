# Writes the profiles into one C file: cmake -DOUT=FILE -DPROFILES=a.yaml,b.yaml -P embed.cmake
string(REPLACE "," ";" PROFILES "${PROFILES}")
set(text "// Made from analyzers/profiles by embed.cmake.\n\n#include \"analyzers/analyzers.h\"\n\n")
set(rows "")
foreach(path ${PROFILES})
  get_filename_component(name ${path} NAME_WE)
  file(READ ${path} bytes HEX)
  string(REGEX REPLACE "(..)" "0x\\1," bytes "${bytes}")
  string(APPEND text "static const char ${name}[] = {${bytes}0};\n")
  string(APPEND rows "    {\"${name}.yaml\", ${name}},\n")
endforeach()
string(APPEND text "
static const struct {
    const char *name, *text;
} profiles[] = {\n${rows}};

const char *an_profile_text(size_t index, const char **name)
{
    if (index >= COUNT_OF(profiles))
        return NULL;
    *name = profiles[index].name;
    return profiles[index].text;
}
")
file(WRITE ${OUT} "${text}")
