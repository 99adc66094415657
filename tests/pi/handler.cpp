/*
 * A camera without a sensor for libcamera: a pipeline handler that plays pictures from a folder.
 *
 * Built into libcamera in place of its own virtual handler. The folder is named by MIMICRY_STAND; it holds
 * `pictures`, raw RGB, `size` ("width height count") and, while the sensor is to be silent, `stall`. Pictures come
 * by a clock, each once, around again at the end; where no request waits the moment passes without one. Rows are
 * padded as the Pi 5 pads them, sizes that cannot be had are adjusted, and the picture is flipped on request.
 */

#pragma GCC optimize("O2") /* the rest of libcamera is built without, which is quicker in all */

#include <algorithm>
#include <chrono>
#include <deque>
#include <errno.h>
#include <fcntl.h>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <sys/mman.h>
#include <unistd.h>

#include <libcamera/base/timer.h>
#include <libcamera/control_ids.h>
#include <libcamera/formats.h>
#include <libcamera/property_ids.h>

#include "libcamera/internal/camera.h"
#include "libcamera/internal/framebuffer.h"
#include "libcamera/internal/mapped_framebuffer.h"
#include "libcamera/internal/pipeline_handler.h"
#include "libcamera/internal/request.h"

namespace libcamera {

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::microseconds;

constexpr Size kLargest{ 2304, 1296 };
constexpr Size kSmallest{ 16, 16 };
constexpr unsigned int kStreams = 2, kAlign = 64;
constexpr int64_t kShortestUs = 16667, kLongestUs = 1000000;

unsigned int aligned(unsigned int bytes)
{
	return (bytes + kAlign - 1) / kAlign * kAlign;
}

/* The raw pictures of the folder, mapped. */
class Film
{
public:
	~Film()
	{
		if (rgb_)
			munmap(const_cast<uint8_t *>(rgb_), bytes_);
	}

	bool open(const std::string &folder)
	{
		std::ifstream size(folder + "/size");
		if (!(size >> width_ >> height_ >> count_))
			return false;
		bytes_ = 3ul * width_ * height_ * count_;
		int fd = ::open((folder + "/pictures").c_str(), O_RDONLY | O_CLOEXEC);
		void *found = fd < 0 ? MAP_FAILED : mmap(nullptr, bytes_, PROT_READ, MAP_SHARED, fd, 0);
		if (fd >= 0)
			close(fd);
		rgb_ = found == MAP_FAILED ? nullptr : static_cast<const uint8_t *>(found);
		return rgb_ != nullptr;
	}

	/* The pixel of picture `number` that lies at (x, y) of a picture of `size`. */
	const uint8_t *at(unsigned int number, unsigned int x, unsigned int y, const Size &size) const
	{
		const size_t row = static_cast<size_t>(y) * height_ / size.height;
		const size_t column = static_cast<size_t>(x) * width_ / size.width;
		return rgb_ + 3 * ((static_cast<size_t>(number % count_) * height_ + row) * width_ + column);
	}

private:
	const uint8_t *rgb_ = nullptr;
	size_t bytes_ = 0;
	unsigned int width_ = 0, height_ = 0, count_ = 0;
};

/* Where a picture is taken from: the film, mirrored as asked. */
struct View {
	const Film &film;
	unsigned int number;
	bool mirrored, upended;

	const uint8_t *at(unsigned int x, unsigned int y, const Size &size) const
	{
		return film.at(number, mirrored ? size.width - 1 - x : x, upended ? size.height - 1 - y : y, size);
	}
};

void drawColour(const View &view, uint8_t *out, const StreamConfiguration &config)
{
	for (unsigned int y = 0; y < config.size.height; y++, out += config.stride)
		for (unsigned int x = 0; x < config.size.width; x++)
			std::copy_n(view.at(x, y, config.size), 3, out + 3 * x);
}

uint8_t weighed(const uint8_t *rgb, int red, int green, int blue, int zero)
{
	return static_cast<uint8_t>(zero + (red * rgb[0] + green * rgb[1] + blue * rgb[2] + 128) / 256);
}

/* Limited range of BT.601; the padding of the rows stays as it is. */
void drawPlanes(const View &view, uint8_t *out, const StreamConfiguration &config)
{
	for (unsigned int y = 0; y < config.size.height; y++, out += config.stride)
		for (unsigned int x = 0; x < config.size.width; x++)
			out[x] = weighed(view.at(x, y, config.size), 66, 129, 25, 16);
	const int weights[2][3] = { { -38, -74, 112 }, { 112, -94, -18 } };
	for (const auto &weight : weights)
		for (unsigned int y = 0; y < config.size.height / 2; y++, out += config.stride / 2)
			for (unsigned int x = 0; x < config.size.width / 2; x++)
				out[x] = weighed(view.at(2 * x, 2 * y, config.size), weight[0], weight[1], weight[2], 128);
}

} /* namespace */

class StandData : public Camera::Private
{
public:
	StandData(PipelineHandler *pipe) : Camera::Private(pipe)
	{
		ControlInfoMap::Map known;
		known[&controls::FrameDurationLimits] = ControlInfo(kShortestUs, kLongestUs);
		controlInfo_ = ControlInfoMap(std::move(known), controls::controls);
		properties_.set(properties::Model, "stand");
		properties_.set(properties::PixelArraySize, kLargest);
		properties_.set(properties::PixelArrayActiveAreas, { Rectangle(kLargest) });
	}

	Stream streams_[kStreams];
	Orientation orientation_ = Orientation::Rotate0;
};

class StandConfiguration : public CameraConfiguration
{
public:
	Status validate() override
	{
		if (config_.empty())
			return Invalid;
		Status status = config_.size() > kStreams ? Adjusted : Valid;
		config_.resize(std::min<size_t>(config_.size(), kStreams));
		if (orientation > Orientation::Rotate180Mirror) {
			orientation = Orientation::Rotate0;
			status = Adjusted;
		}
		for (StreamConfiguration &one : config_)
			if (settle(one))
				status = Adjusted;
		return status;
	}

private:
	/* Make one stream possible; return whether that changed it. */
	static bool settle(StreamConfiguration &one)
	{
		const StreamConfiguration wish = one;
		if (one.pixelFormat != formats::YUV420)
			one.pixelFormat = formats::BGR888;
		one.size.width = std::clamp(one.size.width, kSmallest.width, kLargest.width) / 2 * 2;
		one.size.height = std::clamp(one.size.height, kSmallest.height, kLargest.height) / 2 * 2;
		one.colorSpace = one.colorSpace.value_or(ColorSpace::Sycc);
		one.bufferCount = std::max(one.bufferCount, 1u);
		const bool planar = one.pixelFormat == formats::YUV420;
		one.stride = planar ? 2 * aligned(one.size.width / 2) : aligned(3 * one.size.width);
		one.frameSize = one.stride * one.size.height * (planar ? 3 : 2) / 2;
		return one.size != wish.size || one.pixelFormat != wish.pixelFormat;
	}
};

class PipelineHandlerStand : public PipelineHandler
{
public:
	PipelineHandlerStand(CameraManager *manager) : PipelineHandler(manager)
	{
		timer_.timeout.connect(this, &PipelineHandlerStand::tick);
	}

	~PipelineHandlerStand()
	{
		if (!folder_.empty())
			taken_ = false;
	}

	bool match(DeviceEnumerator *) override
	{
		const char *folder = getenv("MIMICRY_STAND");
		if (taken_ || !folder)
			return false;
		taken_ = true;
		folder_ = folder;
		auto data = std::make_unique<StandData>(this);
		std::set<Stream *> streams;
		for (Stream &one : data->streams_)
			streams.insert(&one);
		registerCamera(Camera::create(std::move(data), "stand", streams));
		return true;
	}

	std::unique_ptr<CameraConfiguration> generateConfiguration(Camera *, Span<const StreamRole> roles) override
	{
		auto made = std::make_unique<StandConfiguration>();
		for (StreamRole role : roles) {
			std::map<PixelFormat, std::vector<SizeRange>> sizes;
			if (role == StreamRole::Raw)
				sizes[formats::SBGGR10] = { SizeRange(kLargest) };
			else
				for (PixelFormat one : { formats::BGR888, formats::YUV420 })
					sizes[one] = { SizeRange(kSmallest, kLargest, 2, 2) };
			StreamConfiguration one{ StreamFormats(sizes) };
			one.pixelFormat = sizes.begin()->first;
			one.size = kLargest;
			one.bufferCount = 4;
			made->addConfiguration(one);
		}
		if (!roles.empty() && roles[0] != StreamRole::Raw)
			made->validate();
		return made;
	}

	int configure(Camera *camera, CameraConfiguration *config) override
	{
		unsigned int number = 0;
		for (StreamConfiguration &one : *config)
			one.setStream(&data(camera)->streams_[number++]);
		data(camera)->orientation_ = config->orientation;
		return 0;
	}

	int exportFrameBuffers(Camera *, Stream *, std::vector<std::unique_ptr<FrameBuffer>> *) override
	{
		return -ENOTSUP; /* who uses this camera brings the buffers */
	}

	int start(Camera *, const ControlList *controls) override
	{
		film_ = std::make_unique<Film>();
		if (!film_->open(folder_))
			return -ENODATA;
		number_ = 0;
		if (controls)
			pace(*controls);
		due_ = Clock::now() + period_;
		timer_.start(due_);
		return 0;
	}

	void stopDevice(Camera *) override
	{
		timer_.stop();
		while (!waiting_.empty()) {
			cancelRequest(waiting_.front());
			waiting_.pop_front();
		}
		film_.reset();
	}

	int queueRequestDevice(Camera *, Request *request) override
	{
		pace(request->controls());
		waiting_.push_back(request);
		return 0;
	}

private:
	StandData *data(Camera *camera)
	{
		return static_cast<StandData *>(camera->_d());
	}

	void pace(const ControlList &controls)
	{
		if (const auto limits = controls.get(controls::FrameDurationLimits))
			period_ = microseconds(std::clamp((*limits)[0], kShortestUs, kLongestUs));
	}

	/* One moment of the sensor's clock; moments that were missed have no picture. */
	void tick()
	{
		if (access((folder_ + "/stall").c_str(), F_OK) && !waiting_.empty()) {
			Request *request = waiting_.front();
			waiting_.pop_front();
			expose(request);
		}
		while (due_ <= Clock::now()) {
			due_ += period_;
			number_++;
		}
		timer_.start(due_);
	}

	void expose(Request *request)
	{
		const int64_t taken = due_.time_since_epoch() / std::chrono::nanoseconds(1);
		Camera *camera = request->_d()->camera();
		const Orientation turn = data(camera)->orientation_;
		const View view{ *film_, number_,
				 turn == Orientation::Rotate0Mirror || turn == Orientation::Rotate180,
				 turn == Orientation::Rotate180Mirror || turn == Orientation::Rotate180 };
		for (const auto &[stream, buffer] : request->buffers()) {
			const StreamConfiguration &config = stream->configuration();
			MappedFrameBuffer mapped(buffer, MappedFrameBuffer::MapFlag::ReadWrite);
			const bool fits = mapped.isValid() && mapped.planes()[0].size() >= config.frameSize;
			if (fits)
				(config.pixelFormat == formats::YUV420 ? drawPlanes : drawColour)(
					view, mapped.planes()[0].data(), config);
			FrameMetadata &known = buffer->_d()->metadata();
			known.status = fits ? FrameMetadata::FrameSuccess : FrameMetadata::FrameError;
			known.sequence = number_;
			known.timestamp = taken;
			for (FrameMetadata::Plane &plane : known.planes())
				plane.bytesused = config.frameSize;
		}
		request->_d()->metadata().set(controls::SensorTimestamp, taken);
		request->_d()->metadata().set(controls::FrameDuration, period_.count());
		for (const auto &[stream, buffer] : request->buffers())
			completeBuffer(request, buffer);
		completeRequest(request);
	}

	inline static bool taken_ = false; /* libcamera makes handlers until one finds no camera any more */
	std::string folder_;
	std::unique_ptr<Film> film_;
	std::deque<Request *> waiting_;
	Timer timer_;
	Clock::time_point due_;
	microseconds period_{ 33333 };
	unsigned int number_ = 0;
};

REGISTER_PIPELINE_HANDLER(PipelineHandlerStand, "virtual")

} /* namespace libcamera */
