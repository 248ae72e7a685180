namespace Drcm.Cli.Demo;

/// <param name="Nodes">Of the built-in cluster; a witness may come on top.</param>
/// <param name="ConfigFile">Take nodes, resources and backups from here instead.</param>
/// <param name="IsJson">One object on standard output, no pauses.</param>
/// <param name="KeepsDirectory">Leave the temporary directory for a look.</param>
internal sealed record DemoOptions(int Nodes, string? ConfigFile, bool IsJson, bool KeepsDirectory)
{
    public const int NodesMin = 2;

    /// <summary>More daemons than this measure the machine, not the cluster.</summary>
    public const int NodesMax = 9;

    /// <summary>Everything up: dozens of times what an idle machine needs.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>On top of D.</summary>
    public TimeSpan TakeoverTimeout { get; init; } = TimeSpan.FromSeconds(30);

    public TimeSpan FailbackTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Time to read, for a person; none for a program.</summary>
    public TimeSpan ReadingPause { get; init; } = TimeSpan.FromSeconds(4);
}
