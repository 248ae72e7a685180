namespace Drcm.StateMachine.Audit;

/// <summary>Why a slot lost its owner, or had none. Stored words are in <see cref="AuditCauses"/>.</summary>
public enum AuditCause
{
    /// <summary>The slot is new and was never started.</summary>
    FirstStart,

    /// <summary>Its owner was declared dead.</summary>
    Death,

    /// <summary>Its owner was made unable to act from outside.</summary>
    Fenced,

    /// <summary>Its owner came back from a new boot within D.</summary>
    Reboot,

    /// <summary>It failed on its owner as often as its threshold allows.</summary>
    Failures,

    /// <summary>An operator put its owner on standby.</summary>
    Standby,

    /// <summary>Its owner was shut down in order.</summary>
    Shutdown,

    /// <summary>Its owner has trouble of its own, as with a full disk.</summary>
    Trouble,

    /// <summary>An operator wanted it elsewhere.</summary>
    Operator,

    /// <summary>Its home node could take it again.</summary>
    Failback,

    /// <summary>A new configuration changed it, its owner, or where it may run.</summary>
    Configuration,

    /// <summary>A stop failed or timed out: it may still run.</summary>
    FailedStop,

    /// <summary>Its owner stopped it by itself.</summary>
    Stopped,

    /// <summary>What happened is in a stretch of the log that this node has not got.</summary>
    Gap,
}

/// <summary>The stored words of causes; never renamed, never reused.</summary>
public static class AuditCauses
{
    public static string Word(this AuditCause cause) => cause switch
    {
        AuditCause.FirstStart => "first_start",
        AuditCause.Death => "death",
        AuditCause.Fenced => "fenced",
        AuditCause.Reboot => "reboot",
        AuditCause.Failures => "failures",
        AuditCause.Standby => "standby",
        AuditCause.Shutdown => "shutdown",
        AuditCause.Trouble => "trouble",
        AuditCause.Operator => "operator",
        AuditCause.Failback => "failback",
        AuditCause.Configuration => "configuration",
        AuditCause.FailedStop => "failed_stop",
        AuditCause.Stopped => "stopped",
        AuditCause.Gap => "gap",
    };

    /// <summary>False for a word that this release does not know.</summary>
    public static bool TryParse(string word, out AuditCause cause)
    {
        foreach (var candidate in Enum.GetValues<AuditCause>())
        {
            if (candidate.Word() != word) continue;
            cause = candidate;
            return true;
        }
        cause = AuditCause.Gap;
        return false;
    }
}
