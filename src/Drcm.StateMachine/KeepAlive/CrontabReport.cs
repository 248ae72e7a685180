namespace Drcm.StateMachine.KeepAlive;

public enum CrontabNews
{
    /// <summary>Runs were due while nobody owned it.</summary>
    Missed,

    /// <summary>Runs were in progress when the node lost it.</summary>
    Interrupted,

    /// <summary>What came of making up for missed runs.</summary>
    CaughtUp,
}

/// <summary>What a node noticed about runs of a crontab, under the token that it holds or held. Said until the log shows it.</summary>
/// <param name="FromSeconds">Unix time; 0 but for <see cref="CrontabNews.Missed"/>.</param>
/// <param name="UntilSeconds">As <paramref name="FromSeconds"/>.</param>
/// <param name="Count">Runs.</param>
/// <param name="Detail">Which: lines of the template, or processes; or how they ended; at most <see cref="Limits.DetailCharsMax"/>.</param>
public sealed record CrontabReport(
    SlotId Slot, LogIndex Token, CrontabNews News, long FromSeconds, long UntilSeconds, int Count, string Detail)
{
    /// <summary>Of one node; the oldest are forgotten first.</summary>
    public const int CountMax = 32;
}
