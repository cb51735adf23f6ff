/* The one program of the guest: shows colours on every plugged output and answers to keys.
 *
 * It draws as a compositor does: two buffers an output, a page flip from one to the other, the
 * next one when the kernel says that the last one is done. Structures and numbers are those of the
 * kernel's user interface (include/uapi/drm/drm.h, drm_mode.h; linux/input.h; netlink's uevents).
 */

#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/input.h>
#include <linux/netlink.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

struct mode_info {
	uint32_t clock;
	uint16_t hdisplay, hsync_start, hsync_end, htotal, hskew;
	uint16_t vdisplay, vsync_start, vsync_end, vtotal, vscan;
	uint32_t vrefresh, flags, type;
	char name[32];
};
struct card_res {
	uint64_t fbs, crtcs, connectors, encoders;
	uint32_t count_fbs, count_crtcs, count_connectors, count_encoders;
	uint32_t min_width, max_width, min_height, max_height;
};
struct connector {
	uint64_t encoders, modes, props, prop_values;
	uint32_t count_modes, count_props, count_encoders;
	uint32_t encoder, id, type, type_id;
	uint32_t connection, mm_width, mm_height, subpixel, pad;
};
struct crtc {
	uint64_t connectors;
	uint32_t count_connectors, id, fb, x, y, gamma_size, mode_valid;
	struct mode_info mode;
};
struct fb {
	uint32_t id, width, height, pitch, bpp, depth, handle;
};
struct dumb {
	uint32_t height, width, bpp, flags, handle, pitch;
	uint64_t size;
};
struct map_dumb {
	uint32_t handle, pad;
	uint64_t offset;
};
struct page_flip {
	uint32_t crtc, fb, flags, reserved;
	uint64_t user_data;
};
struct drm_event {
	uint32_t type, length;
};

#define GET_RESOURCES _IOWR('d', 0xA0, struct card_res)
#define SET_CRTC _IOWR('d', 0xA2, struct crtc)
#define GET_CONNECTOR _IOWR('d', 0xA7, struct connector)
#define ADD_FB _IOWR('d', 0xAE, struct fb)
#define REMOVE_FB _IOWR('d', 0xAF, uint32_t)
#define PAGE_FLIP _IOWR('d', 0xB0, struct page_flip)
#define CREATE_DUMB _IOWR('d', 0xB2, struct dumb)
#define MAP_DUMB _IOWR('d', 0xB3, struct map_dumb)
#define DESTROY_DUMB _IOWR('d', 0xB4, uint32_t)

#define CONNECTED 1
#define PREFERRED (1 << 3)
#define FLIP_EVENT 1
#define MOST_OUTPUTS 16
#define MOST_MODES 128
#define MOST_KEYBOARDS 16

/* The colours of one output: a key brings the other one. */
static const uint32_t COLOURS[2][2] = {{0x204060, 0xE0C040}, {0x602040, 0x40E0C0}};

struct buffer {
	struct dumb dumb;
	uint32_t fb;
};
struct output {
	uint32_t connector, crtc;
	int width, height; /* 0: nothing is plugged in */
	struct buffer buffers[2];
	int shown, wanted, flipping;
};

static int card;
static struct output outputs[MOST_OUTPUTS];
static int output_count;
static int flooding;

static void say(const char *words)
{
	int port = open("/dev/ttyS0", O_WRONLY | O_NOCTTY);
	if (port >= 0) {
		if (write(port, words, strlen(words)) < 0)
			perror("serial port");
		close(port);
	}
}

static void give_up(const char *what)
{
	char words[256];
	snprintf(words, sizeof words, "failed: %s: %s\n", what, strerror(errno));
	say(words);
	for (;;)
		pause();
}

static void load_modules(void)
{
	char name[64];
	for (int number = 0;; number++) {
		snprintf(name, sizeof name, "/modules/%03d.ko", number);
		int file = open(name, O_RDONLY | O_CLOEXEC);
		if (file < 0)
			return;
		if (syscall(SYS_finit_module, file, "", 0) && errno != EEXIST)
			say("a module was refused\n");
		close(file);
	}
}

static void fill(struct buffer *buffer, uint32_t colour)
{
	struct map_dumb map = {.handle = buffer->dumb.handle};
	if (ioctl(card, MAP_DUMB, &map))
		give_up("mapping a buffer");
	uint32_t *pixels = mmap(0, buffer->dumb.size, PROT_READ | PROT_WRITE, MAP_SHARED, card,
				map.offset);
	if (pixels == MAP_FAILED)
		give_up("mapping its memory");
	for (uint64_t at = 0; at < buffer->dumb.size / 4; at++)
		pixels[at] = colour;
	munmap(pixels, buffer->dumb.size);
}

static void make_buffer(struct buffer *buffer, int width, int height, uint32_t colour)
{
	buffer->dumb = (struct dumb){.width = width, .height = height, .bpp = 32};
	if (ioctl(card, CREATE_DUMB, &buffer->dumb))
		give_up("making a buffer");
	fill(buffer, colour);
	struct fb fb = {.width = width, .height = height, .pitch = buffer->dumb.pitch, .bpp = 32,
			.depth = 24, .handle = buffer->dumb.handle};
	if (ioctl(card, ADD_FB, &fb))
		give_up("adding a buffer");
	buffer->fb = fb.id;
}

static void drop_buffers(struct output *output)
{
	for (int number = 0; number < 2; number++) {
		struct buffer *buffer = &output->buffers[number];
		if (!buffer->fb)
			continue;
		ioctl(card, REMOVE_FB, &buffer->fb);
		ioctl(card, DESTROY_DUMB, &buffer->dumb.handle);
		buffer->fb = 0;
	}
}

static void set_crtc(struct output *output, struct mode_info *mode)
{
	struct crtc crtc = {.id = output->crtc};
	if (mode) {
		crtc.connectors = (uintptr_t)&output->connector;
		crtc.count_connectors = 1;
		crtc.fb = output->buffers[output->shown].fb;
		crtc.mode = *mode;
		crtc.mode_valid = 1;
	}
	if (ioctl(card, SET_CRTC, &crtc))
		give_up("setting a mode");
}

/* The mode that the output wants now; its width is 0 when nothing is plugged in. */
static struct mode_info wanted_mode(uint32_t id)
{
	static struct mode_info modes[MOST_MODES];
	struct connector connector = {.id = id};
	struct mode_info none = {0};
	if (ioctl(card, GET_CONNECTOR, &connector))
		give_up("asking a connector");
	if (connector.connection != CONNECTED || !connector.count_modes)
		return none;
	uint32_t count = connector.count_modes < MOST_MODES ? connector.count_modes : MOST_MODES;
	connector = (struct connector){.id = id, .modes = (uintptr_t)modes, .count_modes = count};
	if (ioctl(card, GET_CONNECTOR, &connector))
		give_up("asking for its modes");
	for (uint32_t number = 0; number < count; number++)
		if (modes[number].type & PREFERRED)
			return modes[number];
	return modes[0];
}

static void follow(int number)
{
	struct output *output = &outputs[number];
	struct mode_info mode = wanted_mode(output->connector);
	char words[64];
	if (mode.hdisplay == output->width && mode.vdisplay == output->height)
		return;
	struct output before = *output;
	output->width = mode.hdisplay;
	output->height = mode.vdisplay;
	for (int which = 0; mode.hdisplay && which < 2; which++)
		make_buffer(&output->buffers[which], mode.hdisplay, mode.vdisplay,
			    COLOURS[number % 2][which]);
	set_crtc(output, mode.hdisplay ? &mode : 0);
	if (!mode.hdisplay)
		drop_buffers(output);
	else
		drop_buffers(&before);
	output->flipping = 0;
	snprintf(words, sizeof words, "output %d %dx%d\n", number, output->width, output->height);
	say(words);
}

static void open_card(void)
{
	struct card_res res = {0};
	static uint32_t crtcs[MOST_OUTPUTS], connectors[MOST_OUTPUTS];
	for (int tries = 0; (card = open("/dev/dri/card0", O_RDWR | O_CLOEXEC)) < 0; tries++) {
		if (tries == 1000)
			give_up("/dev/dri/card0");
		usleep(10000);
	}
	if (ioctl(card, GET_RESOURCES, &res))
		give_up("asking the card");
	if (res.count_crtcs > MOST_OUTPUTS || res.count_connectors > MOST_OUTPUTS)
		give_up("so many outputs");
	res = (struct card_res){.crtcs = (uintptr_t)crtcs, .count_crtcs = res.count_crtcs,
				.connectors = (uintptr_t)connectors,
				.count_connectors = res.count_connectors};
	if (ioctl(card, GET_RESOURCES, &res))
		give_up("asking for its outputs");
	output_count = res.count_connectors < res.count_crtcs ? res.count_connectors
							      : res.count_crtcs;
	for (int number = 0; number < output_count; number++) {
		outputs[number].connector = connectors[number];
		outputs[number].crtc = crtcs[number];
	}
}

static void flip(struct output *output)
{
	if (!output->width || output->flipping || output->shown == output->wanted)
		return;
	struct page_flip flip = {.crtc = output->crtc, .fb = output->buffers[output->wanted].fb,
				 .flags = FLIP_EVENT, .user_data = output - outputs};
	if (ioctl(card, PAGE_FLIP, &flip))
		give_up("flipping");
	output->shown = output->wanted;
	output->flipping = 1;
}

static void show_other(void)
{
	for (int number = 0; number < output_count; number++) {
		outputs[number].wanted ^= 1;
		flip(&outputs[number]);
	}
}

static void flips_done(void)
{
	char data[1024];
	ssize_t count = read(card, data, sizeof data);
	for (ssize_t at = 0; at + (ssize_t)sizeof(struct drm_event) <= count;) {
		struct drm_event *event = (void *)(data + at);
		uint64_t number;
		memcpy(&number, data + at + sizeof *event, sizeof number);
		at += event->length;
		if (number >= (uint64_t)output_count)
			continue;
		struct output *output = &outputs[number];
		output->flipping = 0;
		if (flooding)
			output->wanted = !output->shown;
		flip(output);
	}
}

static void key(const struct input_event *event)
{
	char words[32];
	if (event->type != EV_KEY || event->code >= BTN_MISC || event->value == 2)
		return;
	snprintf(words, sizeof words, "key %02x %s\n", event->code, event->value ? "down" : "up");
	say(words);
	if (!event->value)
		return;
	if (event->code == KEY_F10)
		reboot(RB_POWER_OFF);
	if (event->code == KEY_F5)
		flooding = !flooding;
	show_other();
}

static int open_inputs(struct pollfd *into, int open_ones)
{
	int count = 0;
	char name[300];
	struct dirent *entry;
	for (int number = 0; number < open_ones; number++)
		close(into[number].fd);
	DIR *folder = opendir("/dev/input");
	while (folder && (entry = readdir(folder)) && count < MOST_KEYBOARDS) {
		if (strncmp(entry->d_name, "event", 5))
			continue;
		snprintf(name, sizeof name, "/dev/input/%s", entry->d_name);
		int input = open(name, O_RDONLY | O_CLOEXEC);
		if (input >= 0)
			into[count++] = (struct pollfd){.fd = input, .events = POLLIN};
	}
	if (folder)
		closedir(folder);
	return count;
}

/* Tells of displays that were plugged in, taken away or want another size, and of keyboards. */
static int open_uevents(void)
{
	struct sockaddr_nl address = {.nl_family = AF_NETLINK, .nl_groups = 1};
	int events = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_KOBJECT_UEVENT);
	if (events < 0 || bind(events, (void *)&address, sizeof address))
		give_up("listening for uevents");
	return events;
}

enum news { OTHER, DISPLAYS, INPUTS };

static enum news read_uevent(int events)
{
	char data[4096];
	ssize_t count = recv(events, data, sizeof data, 0);
	if (count > 0 && memmem(data, count, "SUBSYSTEM=drm", 13))
		return DISPLAYS;
	if (count > 0 && memmem(data, count, "SUBSYSTEM=input", 15))
		return INPUTS;
	return OTHER;
}

int main(void)
{
	struct pollfd watched[2 + MOST_KEYBOARDS];
	mkdir("/dev", 0755);
	mount("dev", "/dev", "devtmpfs", 0, 0);
	watched[1] = (struct pollfd){.fd = open_uevents(), .events = POLLIN};
	load_modules();
	open_card();
	watched[0] = (struct pollfd){.fd = card, .events = POLLIN};
	int inputs = open_inputs(watched + 2, 0);
	for (int number = 0; number < output_count; number++)
		follow(number);
	say("ready\n");
	for (;;) {
		if (poll(watched, 2 + inputs, -1) < 0)
			continue;
		if (watched[0].revents)
			flips_done();
		for (int number = 2; number < 2 + inputs; number++) {
			struct input_event event;
			if (watched[number].revents &&
			    read(watched[number].fd, &event, sizeof event) == sizeof event)
				key(&event);
		}
		enum news news = watched[1].revents ? read_uevent(watched[1].fd) : OTHER;
		if (news == INPUTS)
			inputs = open_inputs(watched + 2, inputs);
		for (int number = 0; news == DISPLAYS && number < output_count; number++)
			follow(number);
	}
}
