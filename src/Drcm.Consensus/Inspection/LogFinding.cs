namespace Drcm.Consensus.Inspection;

/// <summary>What opening the log would do about a finding.</summary>
public enum FindingKind
{
    /// <summary>It opens; nothing that was acknowledged is touched.</summary>
    Harmless,

    /// <summary>It refuses.</summary>
    Refused,
}

/// <summary>One thing about a stored log that a person should know.</summary>
/// <param name="File">Full path.</param>
/// <param name="Offset">Byte in the file at which it begins.</param>
/// <param name="Problem">What is there.</param>
/// <param name="Meaning">What that means for the entries, and what opening does.</param>
/// <param name="Remedy">What to do; empty when there is nothing to do.</param>
public sealed record LogFinding(FindingKind Kind, string File, long Offset, string Problem, string Meaning, string Remedy);
