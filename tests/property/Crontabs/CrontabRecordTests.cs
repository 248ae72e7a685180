using System.Collections.Immutable;
using Drcm.StateMachine;
using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Configuration;
using Drcm.StateMachine.Decisions;
using Drcm.StateMachine.Events;
using Drcm.StateMachine.KeepAlive;
using Xunit;

namespace Drcm.Property.Tests.Crontabs;

/// <summary>Runs that were missed or interrupted come into the log once for each token, whoever tells of them how often.</summary>
public sealed class CrontabRecordTests
{
    private const string Text = """
        [CM_SERVER]
        [CM_CRONTABS]
        jobs, /t/jobs, /etc/cron.d, crontab.sh
        [CM_NODE]
        nodename = n1
        hostname = h1
        keep_alive_ip = 192.0.2.1
        node_crontabs = jobs
        [CM_NODE]
        nodename = n2
        hostname = h2
        keep_alive_ip = 192.0.2.2
        node_backup_crontabs = n1:jobs
        [CM_NODE]
        nodename = n3
        hostname = h3
        keep_alive_ip = 192.0.2.3
        witness = 1
        """;

    private static readonly NodeId N1 = new("n1");
    private static readonly NodeId N2 = new("n2");
    private static readonly SlotId Jobs = new(new ResourceId(ResourceKind.Cron, "jobs"), N1);
    private static readonly Incarnation Run = new(1);
    private static readonly DateTimeOffset Noon = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    private ClusterState _state = ClusterState.Empty;
    private long _index;

    public CrontabRecordTests()
    {
        Commit(new ClusterConfigured(CanonicalText.Render(CmConfigReader.Read(Text).Definition!)));
        foreach (var node in new[] { "n1", "n2", "n3" }.Select(n => new NodeId(n))) Commit(new NodeStarted(node, Run, "boot"), new NodeUp(node, Run));
        Commit(new SlotAssigned(Jobs, N1));
        Commit(new ResourceStarted(Jobs, Token, Run));
    }

    private LogIndex Token => _state.Slots[Jobs].Token;

    [Fact]
    public void Down_OwnerDies_ReleasedAtTheLatestEndOfItsLease()
    {
        Commit(new NodeDown(N1, _state.Nodes[N1].Round, [N2, new NodeId("n3")]));

        Assert.Equal(Noon - _state.Definition!.Timing.StopBudget, _state.Crontabs[Jobs].ReleasedAt);
    }

    [Fact]
    public void Stopped_PlannedMove_ReleasedWhenItWasTold()
    {
        Commit(new SlotRevoked(Jobs, Token));
        Commit(new ResourceStopped(Jobs, Token, Run));

        Assert.Equal(Noon, _state.Crontabs[Jobs].ReleasedAt);
    }

    [Fact]
    public void Decide_MissedToldTwice_IsOneEvent()
    {
        TakeOver();
        var report = new CrontabReport(Jobs, Token, CrontabNews.Missed, 60, 120, 2, "lines 1, 3");

        var first = Decide(N2, report);

        Assert.Equal(new CronMissed(Jobs, Token, Run, DateTimeOffset.FromUnixTimeSeconds(60), DateTimeOffset.FromUnixTimeSeconds(120), 2, "lines 1, 3"),
            Assert.Single(first).Event);
        Assert.Equal("2 runs of cron:jobs@n1 were due while nobody owned it", first[0].Reason);
        Commit([.. first.Select(e => e.Event)]);
        Assert.Empty(Decide(N2, report));
        Assert.False(Apply(first[0].Event).IsEffective);
    }

    [Fact]
    public void Decide_MissedByAFormerOwner_IsNoEvent()
    {
        var former = Token;
        TakeOver();

        Assert.Empty(Decide(N2, new CrontabReport(Jobs, former, CrontabNews.Missed, 60, 120, 2, "")));
    }

    [Fact]
    public void Decide_InterruptedByTheFormerOwner_IsOneEventUnderItsToken()
    {
        var former = Token;
        TakeOver();
        Commit(new NodeUp(N1, Run));
        var report = new CrontabReport(Jobs, former, CrontabNews.Interrupted, 0, 0, 1, "sh -c backup (process 7)");

        var told = Decide(N1, report);

        Assert.Equal(new CronInterrupted(Jobs, former, N1, 1, "sh -c backup (process 7)"), Assert.Single(told).Event);
        Commit([.. told.Select(e => e.Event)]);
        Assert.Empty(Decide(N1, report));
    }

    /// <summary>The last of the runs may end when somebody else owns it.</summary>
    [Fact]
    public void Decide_CaughtUpUnderAFormerToken_IsOneEventWithTheExitCodes()
    {
        TakeOver();
        var report = new CrontabReport(Jobs, Token, CrontabNews.CaughtUp, 0, 0, 2, "line 1: exit 0; line 3: exit 3");
        Commit(new SlotRevoked(Jobs, Token));
        Commit(new ResourceStopped(Jobs, Token, Run));

        var told = Decide(N2, report);

        Assert.Equal(new CronCaughtUp(Jobs, report.Token, N2, 2, "line 1: exit 0; line 3: exit 3"), Assert.Single(told).Event);
        Assert.Equal("n2 has made up for missed runs of cron:jobs@n1, 2 lines once: line 1: exit 0; line 3: exit 3", told[0].Reason);
        Commit([.. told.Select(e => e.Event)]);
        Assert.Empty(Decide(N2, report));
        Assert.False(Apply(told[0].Event).IsEffective);
    }

    [Fact]
    public void Decide_NothingCouldBeCaughtUp_SaysWhy()
    {
        TakeOver();

        var told = Decide(N2, new CrontabReport(Jobs, Token, CrontabNews.CaughtUp, 0, 0, 0, "the template has changed"));

        Assert.Equal("missed runs of cron:jobs@n1 are not made up for on n2: the template has changed", Assert.Single(told).Reason);
    }

    private void TakeOver()
    {
        Commit(new NodeDown(N1, _state.Nodes[N1].Round, [N2, new NodeId("n3")]));
        Commit(new SlotAssigned(Jobs, N2));
        Commit(new ResourceStarted(Jobs, Token, Run));
    }

    private ImmutableArray<ReasonedEvent> Decide(NodeId node, CrontabReport report)
    {
        var heard = new NodeReport
        {
            Node = node, Incarnation = Run, BootId = "boot", Applied = _state.Version, Epoch = _state.Nodes[node].Epoch, ConfigDigest = "",
            Crontabs = [report],
        };
        var view = new LeaderView
        {
            Reports = ImmutableSortedDictionary<NodeId, HeardReport>.Empty.Add(node, new HeardReport(heard, true)),
            Self = N2, LogMembers = [], LeadingFor = TimeSpan.Zero, UpFor = ImmutableSortedDictionary<NodeId, TimeSpan>.Empty, ExpiredFailures = [],
        };
        return [.. Decider.Decide(_state, new Observe(view)).Events.Where(e => e.Event is CronMissed or CronInterrupted or CronCaughtUp)];
    }

    private void Commit(params ClusterEvent[] events)
    {
        foreach (var e in events) Assert.True(Apply(e).IsEffective);
    }

    private AppliedEvent Apply(ClusterEvent e)
    {
        var applied = Transition.Apply(_state, new LogIndex(++_index), new EventBatch(Noon, "node:n2", [new ReasonedEvent(e, "because")]));
        _state = applied.State;
        return applied.Events[0];
    }
}
