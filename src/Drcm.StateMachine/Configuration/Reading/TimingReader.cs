namespace Drcm.StateMachine.Configuration.Reading;

/// <summary>The time budget, and the relations without which nobody may run by it (OWNERSHIP: L + S &lt;= D (1-rho)/(1+rho)).</summary>
internal static class TimingReader
{
    private const int CountMax = 1_000_000;

    public static TimingDefinition Read(KeyValues server)
    {
        var interval = server.Milliseconds("keep_alive_interval_ms", ConfigDefaults.KeepAliveInterval);
        var count = server.Number("dead_node_count", ConfigDefaults.DeadNodeCount, 1, CountMax, fatal: true);
        var deadAfter = Dead(server, interval, count);
        var lease = server.Milliseconds("lease_ms", TimingRules.DefaultLease(deadAfter));
        var stop = server.Milliseconds("stop_budget_ms", TimingRules.DefaultStopBudget(deadAfter, lease));
        var timing = new TimingDefinition
        {
            KeepAliveInterval = interval,
            DeadAfter = deadAfter,
            Lease = lease,
            StopBudget = stop,
            ElectionTimeout = server.Milliseconds("election_timeout_ms", TimingRules.DefaultElectionTimeout(deadAfter)),
            InitDead = server.SecondsOrZero("initdead", ConfigDefaults.InitDead, fatal: true),
        };
        CheckBudget(server, timing);
        CheckIntervals(server, timing, count);
        return timing;
    }

    private static TimeSpan Dead(KeyValues server, TimeSpan interval, int count)
    {
        var dead = (decimal)interval.Ticks * count;
        if (dead <= TimeSpan.TicksPerDay) return new TimeSpan((long)dead);
        server.Bag.Fatal(server.PositionOf("dead_node_count"),
            "dead_node_count x keep_alive_interval_ms is more than a day", "lower one of them");
        return TimeSpan.FromDays(1);
    }

    private static void CheckBudget(KeyValues server, TimingDefinition timing)
    {
        var usable = TimingRules.UsableOf(timing.DeadAfter);
        var dead = $"D = {DurationText.Milliseconds(timing.DeadAfter)} ms";
        if (timing.StopBudget <= TimeSpan.Zero)
        {
            server.Bag.Fatal(server.PositionOf(server.Has("lease_ms") ? "lease_ms" : "dead_node_count"),
                $"{dead} leaves no time to release after a lease of {DurationText.Milliseconds(timing.Lease)} ms",
                "raise dead_node_count or keep_alive_interval_ms, or lower lease_ms");
        }
        else if (timing.Lease + timing.StopBudget > usable)
        {
            server.Bag.Fatal(server.PositionOf(server.Has("lease_ms") ? "lease_ms" : "stop_budget_ms"),
                $"lease_ms + stop_budget_ms is {DurationText.Milliseconds(timing.Lease + timing.StopBudget)} ms, " +
                $"more than the {DurationText.Milliseconds(usable)} ms that {dead} leaves",
                "lower one of them: else a resource could be taken over before its owner has released it");
        }
    }

    private static void CheckIntervals(KeyValues server, TimingDefinition timing, int count)
    {
        if (count < TimingRules.KeepAlivesPerDeadTimeMin)
        {
            server.Bag.Error(server.PositionOf("dead_node_count"),
                $"dead_node_count is {count}: a single lost datagram could kill a node",
                $"write {TimingRules.KeepAlivesPerDeadTimeMin} or more");
        }
        if (!server.Has("election_timeout_ms")) return;
        if (timing.ElectionTimeout > timing.DeadAfter)
        {
            server.Bag.Error(server.PositionOf("election_timeout_ms"),
                $"election_timeout_ms is longer than D = {DurationText.Milliseconds(timing.DeadAfter)} ms",
                "lower it: a dead leader would hold up every takeover");
        }
        else if (timing.ElectionTimeout <= timing.KeepAliveInterval)
        {
            server.Bag.Error(server.PositionOf("election_timeout_ms"),
                "election_timeout_ms is not longer than one keep-alive interval",
                "raise it: leaders would be voted out without cause");
        }
    }
}
