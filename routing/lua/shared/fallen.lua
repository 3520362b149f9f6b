-- What has fallen due.
-- ARGV[5] at most so many
-- Returns {'ok', kind:subject...}.
return {'ok', unpack(call('ZRANGEBYSCORE', DUE, '-inf', now, 'LIMIT', 0, tonumber(ARGV[5])))}
