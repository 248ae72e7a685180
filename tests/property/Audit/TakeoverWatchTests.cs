using Drcm.Property.Tests.Decisions;
using Drcm.Property.Tests.Scenarios;
using Drcm.StateMachine;
using Drcm.StateMachine.Audit;
using Drcm.StateMachine.Cluster;
using Xunit;

namespace Drcm.Property.Tests.Audit;

/// <summary>What is counted as takeover and failback, and how long it took.</summary>
public sealed class TakeoverWatchTests
{
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(1.5);

    [Theory]
    [InlineData("die n1|expire n1 by n2 n3|run", "takeover death")]
    [InlineData("command standby n1|run", "takeover standby")]
    [InlineData("leave n1|run", "takeover shutdown")]
    [InlineData("trouble n1 disk full|run", "takeover trouble")]
    [InlineData("command move ip:web1@n1 n2|run", "takeover operator")]
    [InlineData("fail service:web@n2 on n2 3|run", "takeover failures")]
    [InlineData("command standby n1|run|command activate n1|run", "failback failback")]
    public void Move_HasItsCause(string story, string expected)
    {
        var moves = Play(story);

        Assert.NotEmpty(moves);
        Assert.Equal(expected, $"{(moves[^1].IsFailback ? "failback" : "takeover")} {moves[^1].Cause.Word()}");
    }

    [Fact]
    public void FirstStarts_AreNoTakeovers() => Assert.Empty(Play("run"));

    [Fact]
    public void Death_CountsFromTheNewestKeepAlive()
    {
        var moves = Play("die n1|expire n1 by n2 n3|run");

        Assert.All(moves, m => Assert.True(m.Duration >= Silence + Pace, $"{m}"));
    }

    [Fact]
    public void OrderlyMove_CountsFromTheRevocation()
    {
        var move = Play("command move ip:web1@n1 n2|run")[^1];

        // Revoked, stopped, assigned, started: each an entry of its own, or shared with others.
        Assert.InRange(move.Duration, Pace, Pace * 4);
    }

    [Fact]
    public void History_IsSkipped()
    {
        var run = new StoryRun();
        Run(run, "die n1|expire n1 by n2 n3|run");
        var watch = new TakeoverWatch();
        var state = ClusterState.Empty;
        foreach (var (index, batch, _) in run.Cluster.Log)
        {
            state = Transition.Apply(state, index, batch).State;
            watch.Skip(state);
        }

        Assert.Empty(watch.Applied(Pace, state, [], _ => null));
    }

    private static List<Move> Play(string story)
    {
        var run = new StoryRun();
        Run(run, story);
        var (watch, moves, state, now) = (new TakeoverWatch(), new List<Move>(), ClusterState.Empty, TimeSpan.Zero);
        foreach (var (index, batch, _) in run.Cluster.Log)
        {
            var applied = Transition.Apply(state, index, batch);
            state = applied.State;
            now += Pace;
            moves.AddRange(watch.Applied(now, state, applied.Events, _ => Silence));
        }
        return moves;
    }

    private static void Run(StoryRun run, string story)
    {
        foreach (var line in (string[])["config three", "boot n1 n2 n3", "quietly run", .. story.Split('|')]) Verbs.Run(run, line);
    }
}
