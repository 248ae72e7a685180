namespace Drcm.StateMachine.Configuration;

/// <summary><c>catch_up</c> of a crontab: what becomes of runs that were due while nobody owned it.</summary>
public enum CatchUp
{
    /// <summary>They are told (<c>cron.missed</c>), and that is all.</summary>
    None,

    /// <summary>Each line with one or more of them runs once on the next owner, however many it missed; at most once for each token.</summary>
    Once,
}
