-- For wrk with one thread: counts answers by the schema that gave them. After `--`, each as name=value and none needed:
--   answers  end after so many
--   pause    milliseconds before each request
--   pace     a file that says the same, and may change
--   paths    file of paths, one a line, of which each request takes one at random
--   seed     of that choice
--   mark     a file; with one connection, requests that are sent while it is there are counted as sent after
-- Prints one line: answers, old, new, failed (anything else), old_after, new_after, slowest (ms). What failed is told on
-- stderr.
local ffi = require("ffi")
ffi.cdef("int getpid(void); int kill(int pid, int signal);")
local interrupt = 2

local paths
local options = {}
local isAfter = false
old, new, failed, old_after, new_after = 0, 0, 0, 0, 0
statuses = ""
local answers = 0

local threads = {}
function setup(thread) table.insert(threads, thread) end

function init(arguments)
  for _, argument in ipairs(arguments) do
    local name, value = argument:match("^(%w+)=(.*)$")
    options[name] = value
  end
  if options.paths then
    paths = {}
    for line in io.lines(options.paths) do table.insert(paths, line) end
    math.randomseed(tonumber(options.seed or 1))
  end
  options.answers = tonumber(options.answers or math.huge)
  if options.pause then
    local pause = tonumber(options.pause)
    function delay() return pause end
  elseif options.pace then
    function delay()
      for line in io.lines(options.pace) do return tonumber(line) end
    end
  end
end

local function exists(path)
  local file = io.open(path)
  if file then file:close() end
  return file ~= nil
end

function request()
  if options.mark then isAfter = exists(options.mark) end
  return wrk.format(nil, paths and paths[math.random(#paths)] or nil)
end

function response(status, headers)
  if answers == options.answers then return end
  answers = answers + 1
  local schema = status == 200 and headers["X-Schema"]
  if schema == "old" then
    old = old + 1
    if isAfter then old_after = old_after + 1 end
  elseif schema == "new" then
    new = new + 1
    if isAfter then new_after = new_after + 1 end
  else
    failed = failed + 1
    if #statuses < 100 then statuses = statuses .. " " .. status end
  end
  -- What ends the thread does not end wrk.
  if answers == options.answers then ffi.C.kill(ffi.C.getpid(), interrupt) end
end

function done(summary, latency)
  local thread = threads[1]
  local count = function(name) return thread:get(name) end
  local errors = summary.errors
  local broken = errors.connect + errors.read + errors.write + errors.timeout
  io.write(string.format(
    "answers=%d old=%d new=%d failed=%d old_after=%d new_after=%d slowest=%d\n",
    count("old") + count("new") + count("failed"), count("old"), count("new"), count("failed") + broken,
    count("old_after"), count("new_after"), latency.max / 1000))
  if count("failed") + broken > 0 then
    io.stderr:write(string.format(
      "answered otherwise:%s; not connected: %d, broken: %d, not answered in time: %d\n", count("statuses"),
      errors.connect, errors.read + errors.write, errors.timeout))
  end
end
