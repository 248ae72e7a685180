namespace Drcm.Simulation.Cluster;

/// <summary>What the command line asks for.</summary>
internal sealed record ClusterOptions
{
    public ulong First { get; init; }

    public ulong Last { get; init; }

    /// <summary>Null: each seed has its own number.</summary>
    public int? Nodes { get; init; }

    /// <summary>How long faults go on, of virtual time.</summary>
    public TimeSpan Faulty { get; init; } = TimeSpan.FromSeconds(30);

    public int Parallel { get; init; } = Environment.ProcessorCount;

    public bool Json { get; init; }

    /// <summary>One line for each violation, and no stop at the first.</summary>
    public bool IsBrief { get; init; }

    public bool KeepsGoing => IsBrief;

    public string? Break { get; init; }

    public WorldRules Rules { get; init; } = WorldRules.All;

    /// <summary>Two nodes that may go on alone.</summary>
    public bool IsPair { get; init; }

    public bool MustSettle => Break is null;

    /// <summary>What a command that repeats one seed has to say besides.</summary>
    public string Again => $"{(IsPair ? " --pair" : "")}{(Nodes is { } n ? $" --nodes {n}" : "")}{(Faulty == new ClusterOptions().Faulty ? "" : $" --minutes {Faulty.TotalMinutes}")}{(Break is null ? "" : $" --break {Break}")}";
}
