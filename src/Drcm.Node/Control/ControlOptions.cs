namespace Drcm.Node.Control;

/// <param name="SocketPath">At most 107 bytes: the kernel's bound.</param>
/// <param name="Group">Members may talk to the socket (<c>cluster_group</c>).</param>
internal sealed record ControlOptions(string SocketPath, string Group)
{
    /// <summary>Bytes of a socket path that the kernel takes, without its closing zero.</summary>
    public const int PathBytesMax = 107;

    /// <summary>At once; one more is told to come back. People and their scripts need a handful.</summary>
    public int ConnectionsMax { get; init; } = 64;

    /// <summary>For the request line: a client writes it at once.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>After a failed accept: descriptors may come free; a busy loop would help nobody.</summary>
    public TimeSpan AcceptPause { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>For one answer line to be taken: a client that stopped reading holds no place for ever.</summary>
    public TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromSeconds(10);
}
