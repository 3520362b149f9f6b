-- Prelude of every script on the shared routing state, first part: names for the keys, and what is kept of chats and
-- counsellors. Of the four parts each script gets what it calls. Guards come first in each transition and writes last;
-- the functions here are called only after the guards.
--
-- KEYS[1]  tickets     STRING  counter: places in line, idle order and passes all draw from it
-- KEYS[2]  chats       HASH    chat -> JSON, see keys.go
-- KEYS[3]  waiting     ZSET    line:lang:class:ticket:chat -> 0, in line, in lexical order
-- KEYS[4]  counsellors HASH    name -> JSON, see keys.go
-- KEYS[5]  free        ZSET    line:lang:room:idle:name -> 0, most room first, then longest idle
-- KEYS[6]  duty        ZSET    line:name -> 0, entered a desk and not at rest
-- KEYS[7]  held        ZSET    name:c:chat, name:w:chat and name:z:chat -> 0, her chats, wrap-ups owed and given
-- KEYS[8]  offers      HASH    offer -> r:chat:name while it rings, a:chat:name once accepted
-- KEYS[9]  due         ZSET    kind:subject -> Unix time in s at which it falls due
-- KEYS[10] waits       HASH    line -> seconds:ahead of those last served who had to wait, newest first, with commas
-- KEYS[11] room        HASH    line -> sum of the room of its ready counsellors
-- KEYS[12] streak      HASH    line -> urgent chats in a row past somebody over the line's target
-- KEYS[13] bucket      HASH    n, at -> tokens left for joins, Unix time in s of the last refill
-- KEYS[14] at          ZSET    node:chat -> 0, young people's sockets by node
-- KEYS[15] talking     ZSET    line:chat -> 0
-- KEYS[16] codes       HASH    keyed hash of a return code -> chat:name, either may be empty
-- KEYS[17] help        ZSET    l:name, leads at a desk, and c:name, who calls for one -> 0
-- KEYS[18] down        ZSET    line:lang:class:ticket:chat -> 0, places kept while the young person's line is down
-- KEYS[19] asked       ZSET    line:lang:chat:offer -> Unix time in s until when an answer is waited for; overflow.lua
-- KEYS[20] kept        ZSET    chat -> Unix time in s until which its place waits for one counsellor
-- ARGV[1]  channel prefix   ARGV[2] ring time in s   ARGV[3], ARGV[4] two fresh offer ids
local TICKETS, CHATS, WAITING, COUNSELLORS, FREE, DUTY, HELD, OFFERS, DUE, WAITS, ROOM, STREAK, BUCKET, AT, TALKING, CODES,
  HELP, DOWN, ASKED, KEPT =
  KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6], KEYS[7], KEYS[8], KEYS[9], KEYS[10], KEYS[11], KEYS[12],
  KEYS[13], KEYS[14], KEYS[15], KEYS[16], KEYS[17], KEYS[18], KEYS[19], KEYS[20]
local call = redis.call
local now = tonumber(call('TIME')[1])
local ids, changed, woken = {ARGV[4], ARGV[3]}, {}, {}

local function prefix(key, p, offset, count)
  return call('ZRANGEBYLEX', key, '[' .. p .. ':', '(' .. p .. ';', 'LIMIT', offset, count)
end

local function count(key, p) return call('ZLEXCOUNT', key, '[' .. p .. ':', '(' .. p .. ';') end

-- A deadline in s that lies at least s away: now is cut to whole seconds, so one more.
local function due(member, s) call('ZADD', DUE, now + s + 1, member) end

local function undue(...) call('ZREM', DUE, ...) end

local function wholehour(s) return math.ceil((now + s) / 3600) * 3600 end

local function chat_of(chat)
  local j = call('HGET', CHATS, chat)
  return j and cjson.decode(j)
end

local function keep(chat, r) call('HSET', CHATS, chat, cjson.encode(r)) end

-- Keeps a change that the chat's own state must learn of: the caller writes it there, and if it dies first a later
-- sweep does ("apply"). Its mark, before those of three earlier changes, tells it from one of the same version that a
-- primary which was cut off decided.
local function project(chat, r)
  r.v = r.v + 1
  r.z = string.sub(string.sub(ARGV[3], 1, 4) .. (r.z or ''), 1, 16)
  local j = cjson.encode(r)
  call('HSET', CHATS, chat, j)
  due('apply:' .. chat, 2)
  changed[#changed + 1] = chat
  changed[#changed + 1] = j
end

-- What the server says of itself; nothing where it is an embedded store, which lives once.
local function info(section)
  local text = redis.pcall('INFO', section)
  return type(text) == 'string' and text or ''
end

-- Which life of the store this is: another one begins when its server starts or becomes the primary.
local function life() return string.match(info('replication'), 'master_replid:(%x%x%x%x%x%x%x%x)') or '' end

-- Begins an epoch of a chat. The last life of the store may have ended with epochs that pages were told and that it forgot.
-- None of them may be given to somebody else, so the first epoch of a chat in a life lies above them: by the second in
-- which the server started, with room for eight epochs in each, since lives may be short and follow each other; or by far,
-- where the server had started before it became the primary.
local function begin_epoch(r)
  local lf, e = life(), r.e + 1
  if r.lf ~= lf then
    local server = info('server')
    local us, up = string.match(server, 'server_time_usec:(%d+)'), string.match(server, 'uptime_in_seconds:(%d+)')
    e = us and up and (math.floor(us / 1000000) - up) * 8 % 2147483648 or 0
    if e <= r.e then e = r.e + 1000 end
  end
  r.e, r.lf = e, lf
end

-- What is left in a bucket that fills by rate a second up to size. Where the clock was set back, after a failover to a
-- server behind or once it was put right, it fills on from there: else nobody would be let in until it was that late again.
local function left_in(n, at, rate, size)
  local b = call('HMGET', BUCKET, n, at)
  local since = now - (tonumber(b[2]) or now)
  if since < 0 then call('HSET', BUCKET, at, now) end
  return math.min(size, (tonumber(b[1]) or size) + math.max(0, since) * rate)
end

-- Is a line closed to those in line there? A place kept from before (class 0) stands while somebody is on duty: it is a
-- talk that broke off, and talks go on past closing.
local function shut_out(line, class, closed)
  if class == 0 and count(DUTY, line) > 0 then return false end
  for _, l in ipairs(closed) do
    if l == line then return true end
  end
  return false
end

-- Does a lead let nobody new into a line?
local function is_paused(line) return call('ZSCORE', DUE, 'pause:' .. line) ~= false end

local function place(chat, r) return string.format('%s:%s:%d:%012d:%s', r.l, r.g, r.c, r.t, chat) end

local function counsellor_of(name)
  local j = call('HGET', COUNSELLORS, name)
  if not j then return nil end
  local c = cjson.decode(j)
  c.was = c.s == 'ready' and c.k ~= '' and not c.b and c.c - c.h or 0
  c.wasfree = c.was > 0 and c.f == '' and string.format('%04d:%012d:', 9999 - c.was, c.i) or ''
  c.wasduty = c.s == 'ready'
  return c
end

-- On a Cluster the prefix carries the hash tag of the keys, so that a wake need not go to every server: by sharded
-- Pub/Sub, which those before Redis 7 do not know.
local function publish(channel, text)
  if string.find(channel, '{', 1, true) and type(redis.pcall('SPUBLISH', channel, text)) == 'number' then return end
  call('PUBLISH', channel, text)
end

local function wake_desk(name, c)
  if c.k ~= '' and not woken[name] then
    woken[name] = true
    publish(ARGV[1] .. ':node:' .. string.match(c.k, '^[^/]*'), 'd' .. name)
  end
end

local function wake_lines()
  if not woken[''] then
    woken[''] = true
    publish(ARGV[1] .. ':all', 'l')
  end
end

-- Keeps a counsellor and brings free, duty and room up to date with her.
local function keep_counsellor(name, c)
  local room = c.s == 'ready' and c.k ~= '' and not c.b and c.c - c.h or 0 -- none in a breather
  local free = room > 0 and c.f == '' and string.format('%04d:%012d:', 9999 - room, c.i) or ''
  if free ~= c.wasfree then
    local old, new = {}, {}
    for _, l in ipairs(c.L) do
      for _, g in ipairs(c.G) do
        if c.wasfree ~= '' then old[#old + 1] = l .. ':' .. g .. ':' .. c.wasfree .. name end
        if free ~= '' then
          new[#new + 1] = 0
          new[#new + 1] = l .. ':' .. g .. ':' .. free .. name
        end
      end
    end
    if #old > 0 then call('ZREM', FREE, unpack(old)) end
    if #new > 0 then call('ZADD', FREE, unpack(new)) end
  end
  local was, duty = math.max(c.was, 0), c.s == 'ready'
  if math.max(room, 0) ~= was or duty ~= c.wasduty then
    for _, l in ipairs(c.L) do
      if math.max(room, 0) ~= was then call('HINCRBY', ROOM, l, math.max(room, 0) - was) end
      if duty and not c.wasduty then call('ZADD', DUTY, 0, l .. ':' .. name) end
      if c.wasduty and not duty then call('ZREM', DUTY, l .. ':' .. name) end
    end
    wake_lines()
  end
  c.was, c.wasfree, c.wasduty = room, free, duty
  local wasroom, wasfree, wasduty = c.was, c.wasfree, c.wasduty
  c.was, c.wasfree, c.wasduty = nil, nil, nil
  call('HSET', COUNSELLORS, name, cjson.encode(c))
  c.was, c.wasfree, c.wasduty = wasroom, wasfree, wasduty
  wake_desk(name, c)
end

