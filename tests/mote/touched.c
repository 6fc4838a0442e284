// SPDX-License-Identifier: MIT
//
// Which pages of a program are touched and which become its own while it runs. Put in front of it:
//
//   TOUCHED=out LD_PRELOAD=./touched.so program ...
//
// After the loader's work, before the first constructor of the program, all its pages are made inaccessible.
// The first access to each is a fault, which notes the page and opens it: first for reading, then, where
// the segment is writable, for writing. That is exact, where the resident pages of the kernel are not: it maps
// neighbours of a page that is touched. Dirty pages are those that /proc/self/pagemap calls present and not
// of a file. One line a page of `out`:
//
//   ADDRESS FLAGS      address as linked; l: dirty when loaded, r: touched, w: written, d: dirty in the end
//
// System calls that are given addresses of closed pages fail; a program that does so says so itself.
#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGES_MAX 65536
#define PAGE      ((uintptr_t)4096)

enum { AT_LOAD = 1, TOUCHED = 2, WRITTEN = 4, AT_END = 8 };

static struct {
    uintptr_t bias, start, end; // of the program
    uint8_t flags[PAGES_MAX];
    uint8_t protection[PAGES_MAX]; // PROT_* of each page; 0: of none
} image;

static void protect(const struct dl_phdr_info *info, const ElfW(Phdr) * p, int protection)
{
    uintptr_t from = (info->dlpi_addr + p->p_vaddr) & ~(PAGE - 1);
    uintptr_t end = info->dlpi_addr + p->p_vaddr + p->p_memsz;
    if (p->p_type == PT_GNU_RELRO)
        end &= ~(PAGE - 1); // a page that is only partly so stays writable
    for (uintptr_t at = from; at < end; at += PAGE)
        if ((at - image.start) / PAGE < PAGES_MAX)
            image.protection[(at - image.start) / PAGE] = (uint8_t)protection;
}

static int read_program(struct dl_phdr_info *info, size_t size, void *unused)
{
    (void)size, (void)unused;
    image.bias = info->dlpi_addr;
    image.start = UINTPTR_MAX;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *p = &info->dlpi_phdr[i];
        uintptr_t from = (info->dlpi_addr + p->p_vaddr) & ~(PAGE - 1);
        uintptr_t end = (info->dlpi_addr + p->p_vaddr + p->p_memsz + PAGE - 1) & ~(PAGE - 1);
        if (p->p_type != PT_LOAD)
            continue;
        image.start = from < image.start ? from : image.start;
        image.end = end > image.end ? end : image.end;
    }
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *p = &info->dlpi_phdr[i];
        int protection = (p->p_flags & PF_R ? PROT_READ : 0) |
                         (p->p_flags & PF_W ? PROT_WRITE : 0) | (p->p_flags & PF_X ? PROT_EXEC : 0);
        if (p->p_type == PT_LOAD)
            protect(info, p, protection);
    }
    for (int i = 0; i < info->dlpi_phnum; i++)
        if (info->dlpi_phdr[i].p_type == PT_GNU_RELRO)
            protect(info, &info->dlpi_phdr[i], PROT_READ);
    return 1; // the program comes first
}

static size_t page_count(void)
{
    size_t count = (image.end - image.start) / PAGE;
    return count < PAGES_MAX ? count : PAGES_MAX;
}

static void note_dirty(uint8_t flag)
{
    int file = open("/proc/self/pagemap", O_RDONLY);
    for (size_t i = 0; file >= 0 && i < page_count(); i++) {
        uint64_t entry = 0;
        off_t place = (off_t)((image.start / PAGE + i) * sizeof entry);
        if (pread(file, &entry, sizeof entry, place) != sizeof entry) {
            fputs("touched: no pagemap here\n", stderr);
            break;
        }
        if (image.protection[i] != 0 && entry >> 63 && !(entry >> 61 & 1))
            image.flags[i] |= flag;
    }
    if (file < 0)
        fputs("touched: no pagemap here\n", stderr);
    else
        close(file);
}

static void open_page(int signal_number, siginfo_t *info, void *unused)
{
    (void)unused;
    uintptr_t addr = (uintptr_t)info->si_addr & ~(PAGE - 1);
    size_t page = (addr - image.start) / PAGE;
    int protection = page < page_count() ? image.protection[page] : 0;
    bool twice = protection != 0 && (image.flags[page] & TOUCHED) != 0;
    if (protection == 0 || (twice && (!(protection & PROT_WRITE) || image.flags[page] & WRITTEN))) {
        signal(signal_number, SIG_DFL); // a fault of the program itself
        return;
    }
    image.flags[page] |= twice ? WRITTEN : TOUCHED;
    mprotect((void *)addr, PAGE, twice ? protection : protection & ~PROT_WRITE);
}

static void write_out(void)
{
    FILE *out = fopen(getenv("TOUCHED"), "w");
    note_dirty(AT_END);
    for (size_t i = 0; out != NULL && i < page_count(); i++) {
        char flags[8] = "";
        for (int bit = 0; bit < 4; bit++)
            if (image.flags[i] >> bit & 1)
                strncat(flags, &"lrwd"[bit], 1);
        if (image.protection[i] != 0)
            fprintf(out, "0x%lx %s\n", (unsigned long)(image.start + i * PAGE - image.bias),
                    flags[0] ? flags : "-");
    }
    if (out != NULL)
        fclose(out);
}

__attribute__((constructor)) static void start(void)
{
    static char stack[64 << 10];
    if (getenv("TOUCHED") == NULL)
        return;
    dl_iterate_phdr(read_program, NULL);
    note_dirty(AT_LOAD);
    sigaltstack(&(stack_t){.ss_sp = stack, .ss_size = sizeof stack}, NULL);
    struct sigaction action = {.sa_sigaction = open_page,
                               .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER};
    sigaction(SIGSEGV, &action, NULL);
    atexit(write_out);
    for (size_t i = 0; i < page_count(); i++)
        if (image.protection[i] != 0)
            mprotect((void *)(image.start + i * PAGE), PAGE, PROT_NONE);
}
