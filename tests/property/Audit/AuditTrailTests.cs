using Drcm.Property.Tests.Decisions;
using Drcm.Property.Tests.Scenarios;
using Drcm.StateMachine;
using Drcm.StateMachine.Audit;
using Drcm.StateMachine.Cluster;
using Xunit;

namespace Drcm.Property.Tests.Audit;

/// <summary>What the history calls a move, and why.</summary>
public sealed class AuditTrailTests
{
    private readonly StoryRun _run = new();

    [Theory]
    [InlineData("die n1|expire n1 by n2 n3|run", "takeover death", "ip:web1@n1")]
    [InlineData("command standby n1|run", "takeover standby", "ip:web1@n1")]
    [InlineData("leave n1|run", "takeover shutdown", "ip:web1@n1")]
    [InlineData("trouble n1 disk full|run", "takeover trouble", "ip:web1@n1")]
    [InlineData("command move ip:web1@n1 n2|run", "takeover operator", "ip:web1@n1")]
    [InlineData("fail service:web@n2 on n2 3|run", "takeover failures", "service:web@n2")]
    [InlineData("command standby n1|run|command activate n1|run", "failback failback", "ip:web1@n1")]
    [InlineData("config three-other-address|run", "start configuration", "ip:web1@n1")]
    public void Assignment_HasItsKindAndCause(string story, string expected, string slot)
    {
        var tables = Play(story);

        var newest = tables.Owned.Values.Where(o => o.Slot.ToString() == slot).MaxBy(o => o.Token)!;

        Assert.Equal(expected, $"{newest.Kind.ToString().ToLowerInvariant()} {newest.Cause.Word()}");
        Assert.True(newest.IsStarted);
    }

    [Fact]
    public void Death_IsAnOutageFromTheDeathOnWithSilenceBefore()
    {
        var tables = Play("die n1|expire n1 by n2 n3|run");

        var outage = tables.Lost.Values.Last(o => o.Slot.ToString() == "ip:web1@n1");

        Assert.Equal(AuditCause.Death, outage.Cause);
        Assert.Equal(_run.Cluster.State.Definition!.Timing.DeadAfter, outage.Silence);
        Assert.NotNull(outage.Until);
        Assert.NotEqual("n1", outage.Owner!.Value.Value);
    }

    [Fact]
    public void Causes_AllHaveWordsThatReadBack() => Assert.All(
        Enum.GetValues<AuditCause>(), c => Assert.True(AuditCauses.TryParse(c.Word(), out var read) && read == c));

    private AuditTables Play(string story)
    {
        foreach (var line in (string[])["config three", "boot n1 n2 n3", "quietly run", .. story.Split('|')]) Verbs.Run(_run, line);
        var tables = new AuditTables();
        var trail = new AuditTrail(ClusterState.Empty, OpenRows.None);
        foreach (var (index, batch, _) in _run.Cluster.Log) trail.Apply(index, new Term(1), batch, tables);
        Assert.Empty(tables.Open().Differences(trail.State));
        return tables;
    }
}
