-- Prelude of every script on the shared routing state: names for the keys, and the moves that more than one
-- transition makes. It is put before each file of lua/shared at load. Guards come first in each transition and writes
-- last; the functions here are called only after the guards.
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
-- KEYS[10] waits       HASH    line -> the last waits in s, newest first, with commas
-- KEYS[11] room        HASH    line -> sum of the room of its ready counsellors
-- KEYS[12] streak      HASH    line -> urgent chats in a row past somebody over the line's target
-- KEYS[13] bucket      HASH    n, at -> tokens left for joins, Unix time in s of the last refill
-- KEYS[14] at          ZSET    node:chat -> 0, young people's sockets by node
-- KEYS[15] talking     ZSET    line:chat -> 0
-- KEYS[16] codes       HASH    keyed hash of a return code -> chat:name, either may be empty
-- ARGV[1]  channel prefix   ARGV[2] ring time in s   ARGV[3], ARGV[4] two fresh offer ids
local TICKETS, CHATS, WAITING, COUNSELLORS, FREE, DUTY, HELD, OFFERS, DUE, WAITS, ROOM, STREAK, BUCKET, AT, TALKING, CODES =
  KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6], KEYS[7], KEYS[8], KEYS[9], KEYS[10], KEYS[11], KEYS[12],
  KEYS[13], KEYS[14], KEYS[15], KEYS[16]
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
-- sweep does ("apply").
local function project(chat, r)
  r.v = r.v + 1
  local j = cjson.encode(r)
  call('HSET', CHATS, chat, j)
  due('apply:' .. chat, 2)
  changed[#changed + 1] = chat
  changed[#changed + 1] = j
end

local function place(chat, r) return string.format('%s:%s:%d:%012d:%s', r.l, r.g, r.c, r.t, chat) end

local function counsellor_of(name)
  local j = call('HGET', COUNSELLORS, name)
  if not j then return nil end
  local c = cjson.decode(j)
  c.was = c.s == 'ready' and c.k ~= '' and c.c - c.h or 0
  c.wasfree = c.was > 0 and c.f == '' and string.format('%04d:%012d:', 9999 - c.was, c.i) or ''
  c.wasduty = c.s == 'ready'
  return c
end

local function wake_desk(name, c)
  if c.k ~= '' and not woken[name] then
    woken[name] = true
    call('PUBLISH', ARGV[1] .. ':node:' .. string.match(c.k, '^[^/]*'), 'd' .. name)
  end
end

local function wake_lines()
  if not woken[''] then
    woken[''] = true
    call('PUBLISH', ARGV[1] .. ':all', 'l')
  end
end

-- Keeps a counsellor and brings free, duty and room up to date with her.
local function keep_counsellor(name, c)
  local room = c.s == 'ready' and c.k ~= '' and c.c - c.h or 0
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

local function declined(r, name, c)
  local x = r.x and r.x[name]
  return x and x[1] > c.r and x[2] > now
end

-- The counsellor whom a chat waits for by a return code, while she is on duty for it and did not decline it.
local function kept_for(r)
  local c = r.n and counsellor_of(r.n)
  if not c or c.s ~= 'ready' or c.k == '' or declined(r, r.n, c) then return nil end
  local line, lang = false, false
  for _, l in ipairs(c.L) do line = line or l == r.l end
  for _, g in ipairs(c.G) do lang = lang or g == r.g end
  return line and lang and c or nil
end

-- Is she passed over for this chat: by a decline that still holds, or because it waits for another?
local function passed(r, name, c)
  if declined(r, name, c) then return true end
  return r.n ~= nil and r.n ~= name and kept_for(r) ~= nil
end

local function pass_over(chat, r, name, s)
  r.x = r.x or {}
  r.x[name] = {call('INCR', TICKETS), now + s + 1}
  due('pass:' .. chat, s)
end

local function ring(chat, r, name, c)
  local id = table.remove(ids)
  call('ZREM', WAITING, place(chat, r))
  r.s, r.f, r.o = 'o', id, name
  keep(chat, r)
  call('HSET', OFFERS, id, 'r:' .. chat .. ':' .. name)
  due('ring:' .. id, tonumber(ARGV[2]))
  c.f, c.h = id, c.h + 1
  keep_counsellor(name, c)
  wake_lines()
  return id
end

-- Takes the ring of a chat away from the counsellor it rings at.
local function unring(r)
  local name, c = r.o, counsellor_of(r.o)
  call('HDEL', OFFERS, r.f)
  undue('ring:' .. r.f)
  r.f, r.o = nil, nil
  if c then
    c.f, c.h = '', c.h - 1
    keep_counsellor(name, c)
  end
  return name, c
end

-- The first chat of a line and language, from class on, that she is not passed over for (take ignores passes).
local function first(line, lang, class, name, c, take)
  local lo, hi, offset = '[' .. line .. ':' .. lang .. ':' .. class, '(' .. line .. ':' .. lang .. ';', 0
  while true do
    local found = call('ZRANGEBYLEX', WAITING, lo, hi, 'LIMIT', offset, take and 1 or 4)
    if #found == 0 then return nil end
    for _, m in ipairs(found) do
      local k, t, chat = string.match(m, ':(%d):(%d+):([^:]*)$')
      local r = chat_of(chat)
      if r and (take or not passed(r, name, c)) then return {chat = chat, r = r, c = tonumber(k), t = tonumber(t)} end
    end
    offset = offset + #found
  end
end

-- The chat that a counsellor with room is to be offered: places kept from before first, then urgent ones, but no more
-- than three of these in a row past somebody who waits longer than the line's target, in whatever language of hers;
-- the oldest ticket within.
local function next_for(name, c, take)
  local best, late
  for _, l in ipairs(c.L) do
    local head, past
    for _, g in ipairs(c.G) do
      local h = first(l, g, 0, name, c, take)
      local n = h and (h.c == 2 and h or h.c == 1 and first(l, g, 2, name, c, take))
      if h and (not head or h.c < head.c or h.c == head.c and h.t < head.t) then head = h end
      if n and now - n.r.a > n.r.w and (not past or n.t < past.t) then past = n end
    end
    if not head or head.c ~= 1 then past = nil end
    if past and tonumber(call('HGET', STREAK, l) or 0) >= 3 then head, past = past, nil; head.c = 1 end
    if head and (not best or head.c < best.c or head.c == best.c and head.t < best.t) then best, late = head, past end
  end
  if not best then return nil end
  if late then
    call('HINCRBY', STREAK, best.r.l, 1)
  else
    call('HDEL', STREAK, best.r.l)
  end
  return best
end

local function serve_counsellor(name, c)
  if #ids == 0 or c.wasfree == '' then return end
  local h = next_for(name, c, false)
  if h then ring(h.chat, h.r, name, c) end
end

-- Has this fallen due? Two nodes may sweep at once, and a deadline may have been moved.
local function fallen(member)
  local at = tonumber(call('ZSCORE', DUE, member) or now + 1)
  return at <= now
end

-- Has everybody on duty who could take this chat been passed over for it?
local function all_passed(r)
  local any = false
  for _, m in ipairs(prefix(DUTY, r.l, 0, -1)) do
    local name = string.sub(m, #r.l + 2)
    local c = counsellor_of(name)
    if c and c.k ~= '' then
      for _, g in ipairs(c.G) do
        if g == r.g then
          if not passed(r, name, c) then return false end
          any = true
        end
      end
    end
  end
  return any
end

-- Offers a chat in line to the best free counsellor, if there is one.
local function serve_chat(chat, r)
  if #ids == 0 then return end
  local hers = kept_for(r)
  if hers then
    if hers.wasfree ~= '' then ring(chat, r, r.n, hers) end
    return
  end
  local p, offset = r.l .. ':' .. r.g, 0
  while true do
    local found = prefix(FREE, p, offset, 4)
    if #found == 0 then break end
    for _, m in ipairs(found) do
      local name = string.match(m, ':([^:]*)$')
      local c = counsellor_of(name)
      if c and not passed(r, name, c) then return ring(chat, r, name, c) end
    end
    offset = offset + #found
  end
  if offset > 0 and r.x and next(r.x) and all_passed(r) then
    r.x = nil
    keep(chat, r)
    for _, m in ipairs(prefix(FREE, p, 0, 8)) do -- an older chat may have come back meanwhile: each gets her oldest
      local name = string.match(m, ':([^:]*)$')
      serve_counsellor(name, counsellor_of(name))
    end
  end
end

-- Puts a chat in line at its ticket; serve_chat or serve_counsellor follows.
local function queue(chat, r)
  r.s = 'w'
  keep(chat, r)
  call('ZADD', WAITING, 0, place(chat, r))
  wake_lines()
end

-- How many stand before a chat, over all languages of its line, at most 21.
local function ahead(chat, r, langs)
  local n = 0
  for _, g in ipairs(langs) do
    local p = r.l .. ':' .. g
    local to = g == r.g and place(chat, r) or string.format('%s:%d:%012d', p, r.c, r.t)
    n = n + call('ZLEXCOUNT', WAITING, '[' .. p .. ':', '(' .. to)
  end
  return math.min(n, 21)
end

-- Takes a chat from its counsellor: her place is held by the wrap-up she owes.
local function release(chat, r, s)
  call('ZREM', HELD, r.o .. ':c:' .. chat)
  call('ZADD', HELD, 0, r.o .. ':w:' .. chat)
  call('ZREM', TALKING, r.l .. ':' .. chat)
  local wrap, c = 'wrap:' .. r.o .. ':' .. chat, counsellor_of(r.o)
  local again = call('ZSCORE', DUE, wrap) -- lost, back and with her again: one wrap-up serves both
  due(wrap, s)
  call('ZADD', DUE, wholehour(3600), 'owed:' .. r.o .. ':' .. chat)
  if c then
    if again then c.h = c.h - 1 end
    c.i = call('INCR', TICKETS)
    keep_counsellor(r.o, c)
  end
  wake_lines()
end

-- A chat that is over is none that its return code leads to; one that was stopped leaves no code.
local function forget_chat(r, reason)
  if not r.m then return end
  if reason == 'stopped' then
    call('HDEL', CODES, r.m)
    undue('code:' .. r.m)
  else
    local name = string.match(call('HGET', CODES, r.m) or '', ':(.*)$')
    if name then call('HSET', CODES, r.m, ':' .. name) end
  end
end

-- A place in line that waits for one counsellor for a while, whom others are offered past.
local function prefer(chat, r, name, s)
  r.n = name
  due('prefer:' .. chat, s)
end

-- Ends a chat: out of line, off the desk, a tombstone to the whole hour.
local function finish(chat, r, reason, wrap)
  local name, c
  if r.s == 'w' then
    call('ZREM', WAITING, place(chat, r))
    wake_lines()
  elseif r.s == 'o' then
    name, c = unring(r)
    wake_lines()
  elseif r.s == 't' then
    release(chat, r, wrap)
  end
  undue('held:' .. chat, 'away:' .. chat, 'front:' .. chat, 'linger:' .. chat, 'pass:' .. chat, 'prefer:' .. chat)
  forget_chat(r, reason)
  if r.y ~= '' then call('ZREM', AT, string.match(r.y, '^[^/]*') .. ':' .. chat) end
  call('ZADD', DUE, wholehour(3600), 'tomb:' .. chat)
  project(chat, {l = r.l, s = 'x', r = reason, o = r.o, e = r.e, y = '', v = r.v, wu = r.wu})
  if c then serve_counsellor(name, c) end
end

-- The young person's line is down: the place is kept, not offered.
local function youth_down(chat, r, held, grace)
  call('ZREM', AT, string.match(r.y, '^[^/]*') .. ':' .. chat)
  r.y = ''
  if r.s == 'w' or r.s == 'o' then
    local name, c
    if r.s == 'w' then call('ZREM', WAITING, place(chat, r)) else name, c = unring(r) end
    r.s = 'h'
    due('held:' .. chat, held)
    keep(chat, r)
    wake_lines()
    if c then serve_counsellor(name, c) end
  else
    if r.s == 't' then due('away:' .. chat, grace) end
    keep(chat, r)
  end
end

-- Every chat she holds, by kind (c or w).
local function held_by(name, kind)
  local out, p = {}, name .. ':' .. kind
  for _, m in ipairs(prefix(HELD, p, 0, -1)) do out[#out + 1] = string.sub(m, #p + 2) end
  return out
end

-- The counsellor's line is down: her ring goes back in line, her chats wait for her for the grace time.
local function desk_down(name, c, grace)
  local f = c.f
  c.k = ''
  undue('lease:' .. name)
  due('grace:' .. name, grace)
  keep_counsellor(name, c)
  if f ~= '' then
    local chat = string.match(call('HGET', OFFERS, f), '^r:([^:]*)')
    local r = chat_of(chat)
    unring(r)
    queue(chat, r)
    serve_chat(chat, r)
  end
  for _, chat in ipairs(held_by(name, 'c')) do
    local r = chat_of(chat)
    r.w8 = true
    project(chat, r)
  end
end

-- Her line is back: her chats go on.
local function desk_up(name, c, sock, lease)
  c.k = sock
  undue('grace:' .. name)
  due('lease:' .. name, lease)
  keep_counsellor(name, c)
  for _, chat in ipairs(held_by(name, 'c')) do
    local r = chat_of(chat)
    r.w8 = nil
    r.b = sock
    project(chat, r)
  end
  serve_counsellor(name, c)
end
