namespace Drcm.Node.Announcements;

/// <summary>What strangers have said about one address that is held here, and what is due because of it.</summary>
internal sealed class Claim
{
    /// <summary>Not answered yet.</summary>
    public bool IsOpen { get; set; }

    public byte[] Mac { get; set; } = [];

    public byte[] LoggedMac { get; set; } = [];

    public TimeSpan Due { get; set; }

    public TimeSpan NextLine { get; set; }

    public int Count { get; set; }
}
