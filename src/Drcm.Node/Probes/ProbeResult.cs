namespace Drcm.Node.Probes;

internal enum ProbeState
{
    /// <summary>There, as cm.cfg wants it.</summary>
    Active,

    /// <summary>Not there at all: whoever held it has let go.</summary>
    Absent,

    /// <summary>Could not be seen, or is there in another way than cm.cfg wants: neither running nor gone.</summary>
    Unknown,
}

/// <summary>What a look at a resource found.</summary>
/// <param name="State">What was found.</param>
/// <param name="Why">One clause for events, logs and people.</param>
internal readonly record struct ProbeResult(ProbeState State, string Why);
