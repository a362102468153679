/* A scriptable stand-in for libnvidia-ml.so.1.
 *
 * Every quantity is a slot {return code, latency, value, call counter} in one file that is mapped into memory
 * ($FAKE_NVML_STATE), so a test changes it while the reader runs and counts the calls that were made. Struct layouts
 * are those of nvml.h 13. The names of the slots and the sizes of the structs are exported: Python holds no copy.
 *
 *   cc -shared -fPIC -O1 -Wl,-soname,libnvidia-ml.so.1 -o libnvidia-ml.so.1 fake_nvml.c
 *   -DDRIVER=470 leaves out what a driver of that branch does not export, as `nm -D` says of the real libraries
 *   418.226, 450.248, 460.106, 470.256, 535.309 and 550.163.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#ifndef DRIVER
#define DRIVER 580
#endif

typedef uint32_t u32;
typedef uint64_t u64;
typedef int32_t i32;
typedef i32 rc_t;

enum { OK = 0, UNINIT = 1, INVAL = 2, NOTSUP = 3, NOTFOUND = 6, SMALL = 7, NOTLOADED = 9, TIMEOUT = 10, NOMEM = 20,
       BADVERSION = 25, CRASH = 0x5e60 };
enum { MAXDEV = 16, MAXMIG = 32, MAXALL = MAXDEV + MAXMIG, MAXPROC = 64, MAXEV = 64, MAXLINK = 18, MAXGPM = 512 };

#define SLOTS(X) X(init) X(count) X(handle) X(name) X(uuid) X(minor) X(pci) X(mem_total) X(mem_used) X(mem_reserved) \
  X(util_gpu) X(util_mem) X(power) X(power_limit) X(energy) X(temp) X(temp_slowdown) X(temp_margin) X(fan)           \
  X(clk_graphics) X(clk_sm) X(clk_mem) X(clk_video) X(reasons) X(pstate) X(ecc_corr) X(ecc_uncorr) X(pcie_tx)        \
  X(pcie_rx) X(procs) X(procs_gfx) X(procs_mps) X(proc_util) X(proc_util_info) X(fields) X(mig_mode) X(remapped)     \
  X(event_set) X(event_register) X(event_wait) X(gpm_support) X(gpm_alloc) X(gpm_free) X(gpm_sample) X(gpm_metrics)  \
  X(nvlinks) X(shutdown) X(temp_mem) X(recovery)
#define X(name) S_##name,
enum { SLOTS(X) NSLOT };
#undef X
#define X(name) #name,
const char *fake_nvml_slot_names[] = { SLOTS(X) 0 };
#undef X

typedef struct { i32 rc; u32 delay_ms; u64 v, calls; } slot;
typedef struct { u32 pid, gi, ci, kind; u64 mem; u32 sm, memu, enc, dec; u64 ts; } proc;
typedef struct {
  char name[96], uuid[96], bus[32];
  slot s[NSLOT];
  u64 link_tx[MAXLINK], link_rx[MAXLINK];
  double gpm[MAXGPM];
  u32 nproc, parent, mig_index, gi, ci, used;
  proc p[MAXPROC];
} dev;
typedef struct {
  u32 magic, size, ndev, cuda;
  char driver[80];
  u32 ev_head, ev_tail;
  struct { u32 dev, pad; u64 type, data; } ev[MAXEV];
  dev d[MAXALL];
} state;
const u32 fake_nvml_sizes[] = { sizeof(state), sizeof(dev), sizeof(slot), sizeof(proc), NSLOT, MAXDEV, MAXALL, MAXPROC,
                                MAXEV, MAXLINK, MAXGPM };

static state *S;
static int inited;

static void nap(u32 ms) {
  struct timespec t = { ms / 1000, (long)(ms % 1000) * 1000000L };
  while (nanosleep(&t, &t) && errno == EINTR) { }
}
static u64 now_us(void) {
  struct timespec t;
  clock_gettime(CLOCK_REALTIME, &t);
  return (u64)t.tv_sec * 1000000ULL + (u64)t.tv_nsec / 1000;
}
/* Counts the call, serves the scripted latency, returns the scripted code. */
static rc_t hit(int d, int i) {
  slot *s = &S->d[d].s[i];
  __sync_fetch_and_add(&s->calls, 1);
  if (s->delay_ms) nap(s->delay_ms);
  if (s->rc == CRASH) raise(SIGSEGV);
  return s->rc;
}

/* A device handle points into the map and is checked on the way in. */
typedef dev *H;
static int place(H h) {
  long i = S ? h - S->d : -1;
  if (i < 0 || i >= MAXALL || (char *)h != (char *)&S->d[i] || !S->d[i].used) return -1;
  return (int)i;
}
#define ENTER(i) if (!inited) return UNINIT; int k = place(h); if (k < 0) return INVAL; { rc_t r = hit(k, i); if (r) return r; }
#define GET(fn, T, i) rc_t fn(H h, T *out) { ENTER(i) *out = (T)S->d[k].s[i].v; return OK; }
#define V(i) (S->d[k].s[i].v)

rc_t nvmlInitWithFlags(u32 flags) {
  (void)flags;
  if (!S) {
    const char *path = getenv("FAKE_NVML_STATE");
    int fd = path ? open(path, O_RDWR) : -1;
    struct stat st;
    if (fd < 0 || fstat(fd, &st) || st.st_size < (off_t)sizeof(state)) return NOTLOADED;
    state *m = mmap(0, sizeof(state), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    if (m == MAP_FAILED || m->magic != 0x4c564e46u) return NOTLOADED;
    S = m;
  }
  rc_t r = hit(0, S_init);
  if (!r) inited++;
  return r;
}
rc_t nvmlInit_v2(void) { return nvmlInitWithFlags(0); }
rc_t nvmlShutdown(void) { if (!inited) return UNINIT; rc_t r = hit(0, S_shutdown); if (!r) inited--; return r; }
const char *nvmlErrorString(rc_t r) { return r == OK ? "Success" : "Fake NVML error"; }

static rc_t str(char *b, u32 n, const char *s) { if (strlen(s) >= n) return SMALL; strcpy(b, s); return OK; }
rc_t nvmlSystemGetDriverVersion(char *b, u32 n) { return inited ? str(b, n, S->driver) : UNINIT; }
rc_t nvmlSystemGetCudaDriverVersion_v2(int *v) { if (!inited) return UNINIT; *v = (int)S->cuda; return 0; }
rc_t nvmlDeviceGetCount_v2(u32 *n) { if (!inited) return UNINIT; rc_t r = hit(0, S_count); if (!r) *n = S->ndev; return r; }
rc_t nvmlDeviceGetHandleByIndex_v2(u32 i, H *h) {
  if (!inited) return UNINIT;
  if (i >= S->ndev) return INVAL;
  rc_t r = hit((int)i, S_handle);
  if (!r) *h = &S->d[i];
  return r;
}
rc_t nvmlDeviceGetHandleByUUID(const char *u, H *h) {
  if (!inited) return UNINIT;
  for (u32 i = 0; i < S->ndev; i++) if (!strcmp(u, S->d[i].uuid)) return nvmlDeviceGetHandleByIndex_v2(i, h);
  return NOTFOUND;
}
rc_t nvmlDeviceGetName(H h, char *b, u32 n) { ENTER(S_name) return str(b, n, S->d[k].name); }
rc_t nvmlDeviceGetUUID(H h, char *b, u32 n) { ENTER(S_uuid) return str(b, n, S->d[k].uuid); }
typedef struct { char legacy[16]; u32 domain, bus, device, pci_id, subsys; char bus_id[32]; } pci_t;
rc_t nvmlDeviceGetPciInfo_v3(H h, pci_t *p) {
  ENTER(S_pci)
  memset(p, 0, sizeof *p);
  strcpy(p->bus_id, S->d[k].bus);
  sscanf(p->bus_id, "%x:%x:%x", &p->domain, &p->bus, &p->device);
  return OK;
}
GET(nvmlDeviceGetMinorNumber, u32, S_minor)
GET(nvmlDeviceGetPowerUsage, u32, S_power)
GET(nvmlDeviceGetEnforcedPowerLimit, u32, S_power_limit)
GET(nvmlDeviceGetTotalEnergyConsumption, u64, S_energy)
GET(nvmlDeviceGetFanSpeed, u32, S_fan)
GET(nvmlDeviceGetPerformanceState, u32, S_pstate)
GET(nvmlDeviceGetCurrentClocksThrottleReasons, u64, S_reasons)
rc_t nvmlDeviceGetUtilizationRates(H h, u32 *o) { ENTER(S_util_gpu) o[0] = (u32)V(S_util_gpu); o[1] = (u32)V(S_util_mem); return OK; }
/* Version 1 counts the driver's reserve as used; version 2 reports it apart. */
rc_t nvmlDeviceGetMemoryInfo(H h, u64 *o) {
  ENTER(S_mem_used)
  u64 used = V(S_mem_used) + V(S_mem_reserved);
  o[0] = V(S_mem_total); o[1] = o[0] - used; o[2] = used;
  return OK;
}
rc_t nvmlDeviceGetTemperature(H h, u32 sensor, u32 *o) { (void)sensor; ENTER(S_temp) *o = (u32)V(S_temp); return OK; }
rc_t nvmlDeviceGetTemperatureThreshold(H h, u32 t, u32 *o) { if (t != 1) return NOTSUP; ENTER(S_temp_slowdown) *o = (u32)V(S_temp_slowdown); return OK; }
rc_t nvmlDeviceGetClockInfo(H h, u32 t, u32 *o) { if (t > 3) return INVAL; ENTER(S_clk_graphics + (int)t) *o = (u32)V(S_clk_graphics + (int)t); return OK; }
rc_t nvmlDeviceGetTotalEccErrors(H h, u32 type, u32 counter, u64 *o) { (void)counter; int i = type ? S_ecc_uncorr : S_ecc_corr; ENTER(i) *o = V(i); return OK; }
#if DRIVER >= 450
rc_t nvmlDeviceGetRemappedRows(H h, u32 *c, u32 *u, u32 *pending, u32 *failed) {
  ENTER(S_remapped)
  *c = 0; *u = (u32)V(S_remapped); *pending = V(S_remapped) > 0; *failed = 0;
  return OK;
}
#endif
rc_t nvmlDeviceGetPcieThroughput(H h, u32 c, u32 *o) { int i = c ? S_pcie_rx : S_pcie_tx; ENTER(i) *o = (u32)V(i); return OK; }
#if DRIVER >= 535
GET(nvmlDeviceGetCurrentClocksEventReasons, u64, S_reasons)
typedef struct { u32 version; u64 total, reserved, free, used; } mem2_t;
rc_t nvmlDeviceGetMemoryInfo_v2(H h, mem2_t *o) {
  ENTER(S_mem_used)
  if (o->version != (sizeof *o | 2u << 24)) return BADVERSION;
  o->total = V(S_mem_total); o->reserved = V(S_mem_reserved); o->used = V(S_mem_used);
  o->free = o->total - o->reserved - o->used;
  return OK;
}
#endif
#if DRIVER >= 580
typedef struct { u32 version, sensor; i32 temp; } temp_t;
rc_t nvmlDeviceGetTemperatureV(H h, temp_t *t) { ENTER(S_temp) if (t->version != (sizeof *t | 1u << 24)) return BADVERSION; t->temp = (i32)V(S_temp); return OK; }
typedef struct { u32 version; i32 margin; } margin_t;
rc_t nvmlDeviceGetMarginTemperature(H h, margin_t *t) { ENTER(S_temp_margin) if (t->version != (sizeof *t | 1u << 24)) return BADVERSION; t->margin = (i32)V(S_temp_margin); return OK; }
#endif

#if DRIVER >= 450
/* MIG: instances are devices of their own behind the physical ones, found through their parent. */
rc_t nvmlDeviceGetMigMode(H h, u32 *c, u32 *p) { ENTER(S_mig_mode) *c = *p = (u32)V(S_mig_mode); return OK; }
rc_t nvmlDeviceGetMaxMigDeviceCount(H h, u32 *n) { ENTER(S_mig_mode) *n = V(S_mig_mode) ? 7 : 0; return OK; }
rc_t nvmlDeviceGetMigDeviceHandleByIndex(H h, u32 index, H *out) {
  ENTER(S_mig_mode)
  for (int i = MAXDEV; i < MAXALL; i++)
    if (S->d[i].used && S->d[i].parent == (u32)k && S->d[i].mig_index == index) { *out = &S->d[i]; return OK; }
  return NOTFOUND;
}
rc_t nvmlDeviceGetGpuInstanceId(H h, u32 *o) { ENTER(S_handle) if (k < MAXDEV) return NOTSUP; *o = S->d[k].gi; return OK; }

typedef struct { u32 pid; u64 mem; u32 gi, ci; } pinfo_t;
static rc_t plist(H h, u32 *n, pinfo_t *o, int s, u32 kind) {
  ENTER(s)
  dev *d = &S->d[k];
  u32 want = 0, room = *n;
  for (u32 i = 0; i < d->nproc; i++) want += d->p[i].kind == kind;
  *n = want;
  if (!want) return OK;
  if (!o || room < want) return SMALL;
  for (u32 i = 0, j = 0; i < d->nproc; i++)
    if (d->p[i].kind == kind) o[j++] = (pinfo_t){ d->p[i].pid, d->p[i].mem, d->p[i].gi, d->p[i].ci };
  return OK;
}
rc_t nvmlDeviceGetComputeRunningProcesses_v2(H h, u32 *n, pinfo_t *o) { return plist(h, n, o, S_procs, 0); }
rc_t nvmlDeviceGetGraphicsRunningProcesses_v2(H h, u32 *n, pinfo_t *o) { return plist(h, n, o, S_procs_gfx, 1); }
#endif
#if DRIVER >= 535
rc_t nvmlDeviceGetComputeRunningProcesses_v3(H h, u32 *n, pinfo_t *o) { return plist(h, n, o, S_procs, 0); }
rc_t nvmlDeviceGetGraphicsRunningProcesses_v3(H h, u32 *n, pinfo_t *o) { return plist(h, n, o, S_procs_gfx, 1); }
rc_t nvmlDeviceGetMPSComputeRunningProcesses_v3(H h, u32 *n, pinfo_t *o) { return plist(h, n, o, S_procs_mps, 2); }
#endif
typedef struct { u32 pid; u64 ts; u32 sm, mem, enc, dec; } putil_t;
static u64 stamp(const proc *p) { return p->ts ? p->ts : now_us(); }
static int active(const proc *p, u64 since) { return p->kind == 0 && stamp(p) > since && p->sm + p->memu > 0; }
rc_t nvmlDeviceGetProcessUtilization(H h, putil_t *o, u32 *n, u64 since) {
  ENTER(S_proc_util)
  dev *d = &S->d[k];
  u32 want = 0, j = 0;
  for (u32 i = 0; i < d->nproc; i++) want += (u32)active(&d->p[i], since);
  if (!o) { *n = 100; return SMALL; } /* always room for 100, whatever there is (go-nvml issue 11) */
  if (!want) { *n = 0; return NOTFOUND; }
  for (u32 i = 0; i < d->nproc && j < *n; i++)
    if (active(&d->p[i], since)) { proc *p = &d->p[i]; o[j++] = (putil_t){ p->pid, stamp(p), p->sm, p->memu, p->enc, p->dec }; }
  *n = j;
  return OK;
}
#if DRIVER >= 550
typedef struct { u64 ts; u32 pid, sm, mem, enc, dec, jpg, ofa; } pinfo1_t;
typedef struct { u32 version, count; u64 since; pinfo1_t *rows; } putilinfo_t;
rc_t nvmlDeviceGetProcessesUtilizationInfo(H h, putilinfo_t *o) {
  ENTER(S_proc_util_info)
  dev *d = &S->d[k];
  u32 want = 0, j = 0;
  if (o->version != (sizeof *o | 1u << 24)) return BADVERSION;
  for (u32 i = 0; i < d->nproc; i++) want += (u32)active(&d->p[i], o->since);
  if (!want) { o->count = 0; return NOTFOUND; }
  if (!o->rows) { o->count = want; return SMALL; }
  for (u32 i = 0; i < d->nproc && j < o->count; i++)
    if (active(&d->p[i], o->since)) { proc *p = &d->p[i]; o->rows[j++] = (pinfo1_t){ stamp(p), p->pid, p->sm, p->memu, p->enc, p->dec, 0, 0 }; }
  o->count = j;
  return OK;
}
#endif

typedef struct { u32 id, scope; int64_t ts, lat; u32 type; i32 rc; union { double d; u32 u; u64 ull; } v; } field_t;
rc_t nvmlDeviceGetFieldValues(H h, i32 n, field_t *f) {
  ENTER(S_fields)
  for (i32 i = 0; i < n; i++) {
    u32 link = f[i].scope < MAXLINK ? f[i].scope : 0;
    f[i].ts = (int64_t)now_us(); f[i].lat = 0; f[i].rc = OK; f[i].type = 3;
    switch (f[i].id) {
      case 91: f[i].type = 1; f[i].v.u = (u32)V(S_nvlinks); f[i].rc = S->d[k].s[S_nvlinks].rc; break;
      case 82: f[i].type = 1; f[i].v.u = (u32)V(S_temp_mem); f[i].rc = S->d[k].s[S_temp_mem].rc; break;
      case 230: f[i].type = 1; f[i].v.u = (u32)V(S_recovery); f[i].rc = S->d[k].s[S_recovery].rc; break;
      case 138: f[i].v.ull = S->d[k].link_tx[link]; break;
      case 139: f[i].v.ull = S->d[k].link_rx[link]; break;
      default: f[i].rc = NOTSUP;
    }
  }
  return OK;
}

typedef struct { H dev; u64 type, data; u32 gi, ci; } event_t;
rc_t nvmlEventSetCreate(void **s) { if (!inited) return UNINIT; rc_t r = hit(0, S_event_set); if (!r) *s = calloc(1, 8); return r; }
rc_t nvmlEventSetFree(void *s) { free(s); S->d[0].s[S_event_set].v++; return OK; }
rc_t nvmlDeviceGetSupportedEventTypes(H h, u64 *t) { ENTER(S_event_register) *t = 0x1f; return OK; }
rc_t nvmlDeviceRegisterEvents(H h, u64 t, void *s) { (void)t; (void)s; ENTER(S_event_register) return OK; }
#if DRIVER >= 450
rc_t nvmlEventSetWait_v2(void *s, event_t *e, u32 ms) {
  (void)s; (void)ms;
  if (!inited) return UNINIT;
  rc_t r = hit(0, S_event_wait);
  if (r) return r;
  if (S->ev_tail == S->ev_head) return TIMEOUT;
  u32 i = S->ev_tail++ % MAXEV;
  *e = (event_t){ &S->d[S->ev[i].dev], S->ev[i].type, S->ev[i].data, ~0u, ~0u };
  return OK;
}
#endif

#if DRIVER >= 535
typedef struct { H dev; u64 us; double v[MAXGPM]; } sample_t;
typedef struct { u32 id; i32 rc; double v; const char *sn, *ln, *unit; } gmetric_t;
typedef struct { u32 version, n; sample_t *a, *b; gmetric_t m[]; } gget_t;
rc_t nvmlGpmQueryDeviceSupport(H h, u32 *o) { ENTER(S_gpm_support) if (o[0] != 1) return BADVERSION; o[1] = (u32)V(S_gpm_support); return OK; }
rc_t nvmlGpmSampleAlloc(sample_t **s) { rc_t r = hit(0, S_gpm_alloc); if (!r) *s = calloc(1, sizeof **s); return r; }
rc_t nvmlGpmSampleFree(sample_t *s) { free(s); return hit(0, S_gpm_free); }
static rc_t take(dev *from, H h, sample_t *s) { s->dev = h; s->us = now_us(); memcpy(s->v, from->gpm, sizeof s->v); return OK; }
rc_t nvmlGpmSampleGet(H h, sample_t *s) { ENTER(S_gpm_sample) return V(S_gpm_support) ? take(h, h, s) : NOTSUP; }
rc_t nvmlGpmMigSampleGet(H h, u32 gi, sample_t *s) {
  ENTER(S_gpm_sample)
  for (int i = MAXDEV; i < MAXALL; i++)
    if (S->d[i].used && S->d[i].parent == (u32)k && S->d[i].gi == gi) return take(&S->d[i], h, s);
  return INVAL;
}
rc_t nvmlGpmMetricsGet(gget_t *g) {
  if (g->version != 1) return BADVERSION;
  H h = g->b ? g->b->dev : 0;
  if (!h || g->a->dev != h || g->b->us < g->a->us) return INVAL;
  ENTER(S_gpm_metrics)
  for (u32 i = 0; i < g->n; i++) {
    gmetric_t *m = &g->m[i];
    m->sn = m->ln = m->unit = "";
    m->rc = m->id && m->id < MAXGPM && g->b->us - g->a->us >= 100000 ? OK : INVAL;
    m->v = m->rc ? 0 : g->b->v[m->id];
  }
  return OK;
}
#endif
