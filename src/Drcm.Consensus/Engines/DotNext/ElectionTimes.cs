namespace Drcm.Consensus.Engines.DotNext;

/// <summary>The engine's times, the same on every member.</summary>
/// <param name="Lower">Silence of the leader after which the first member stands for election.</param>
/// <param name="Upper">Silence after which the last member stands for election. The span between the two keeps members apart and is shared out by
/// rank; a member agrees to an election only after its own timeout.</param>
/// <param name="Heartbeat">Pause between the leader's heartbeats.</param>
/// <param name="Request">Longest wait for a member's answer, its flush included. An election waits so long for a member that is frozen.</param>
/// <param name="Connect">Longest wait for a connection. An election waits so long for a member whose host is gone.</param>
public sealed record ElectionTimes(TimeSpan Lower, TimeSpan Upper, TimeSpan Heartbeat, TimeSpan Request, TimeSpan Connect)
{
    /// <summary>A first round sooner than this would be started by pauses of a healthy machine.</summary>
    private static readonly TimeSpan LowerMin = TimeSpan.FromMilliseconds(60);

    /// <summary>Times under which a new leader is there within <paramref name="electionTime"/> after the last heartbeat of the old one, whose process has ended: two
    /// rounds. In the first one the member with the earliest timer fails, for the others' own timeouts have not passed; when it is the one whose log
    /// reaches furthest, the second member fails as well, and only its second try succeeds.</summary>
    public static ElectionTimes Within(TimeSpan electionTime)
    {
        var lower = Max(electionTime * 0.4, Min(electionTime * 0.8, LowerMin));
        return new(lower, lower * 1.2, lower * 0.25, lower * 0.9, lower * 0.5);
    }

    internal IEnumerable<string> Problems()
    {
        if (Lower <= TimeSpan.Zero || Upper <= Lower)
        {
            yield return "election timeouts must be positive and the upper one above the lower one";
        }

        if (Heartbeat <= TimeSpan.Zero || Heartbeat * 2 > Lower)
        {
            yield return "the heartbeat interval must be positive and at most half the lower election timeout";
        }

        if (Request <= TimeSpan.Zero || Request >= Lower)
        {
            yield return "the request timeout must be positive and below the lower election timeout, else a silent member blocks every election";
        }

        if (Connect <= TimeSpan.Zero || Connect > Request)
        {
            yield return "the connect timeout must be positive and at most the request timeout";
        }
    }

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
