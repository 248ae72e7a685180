namespace Drcm.Simulation.Cluster;

/// <summary>One way to misbehave, and what shows it.</summary>
/// <param name="Rules">One of them switched off. Where another one stands behind it, that one is off as well: see <see cref="Behind"/>.</param>
/// <param name="Seed">The first one tried: a known find, to save time.</param>
internal sealed record ClusterBreak(WorldRules Rules, ulong Seed = 1)
{
    /// <summary>A directed schedule, by the name of its file; null: random faults find it.</summary>
    public string? Story { get; init; }

    /// <summary>The other rules that are off: with those alone the same story must do no harm.</summary>
    public WorldRules Behind { get; init; } = WorldRules.All;

    /// <exception cref="InvalidOperationException">No such story.</exception>
    public static ClusterStory StoryOf(string name)
    {
        using var stream = typeof(ClusterBreak).Assembly.GetManifestResourceStream($"stories/{name}.txt")
            ?? throw new InvalidOperationException($"there is no story {name} beside {nameof(ClusterBreak)}");
        using var reader = new StreamReader(stream);
        return ClusterStory.Parse(reader.ReadToEnd());
    }
}
