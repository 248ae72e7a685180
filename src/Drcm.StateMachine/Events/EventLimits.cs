namespace Drcm.StateMachine.Events;

/// <summary>Bounds of the stored form; the same on both sides, so that nothing is written that cannot be read back.</summary>
internal static class EventLimits
{
    /// <summary>Canonical text of a cluster; <see cref="Limits.SlotsMax"/> slots need half of it.</summary>
    public const int DefinitionBytesMax = 8 * 1024 * 1024;

    /// <summary>The same, packed: leaves room in one entry of 1 MiB.</summary>
    public const int DefinitionStoredBytesMax = 960 * 1024;

    /// <summary>Names of nodes and resources, actors, boot ids.</summary>
    public const int NameBytesMax = 1024;

    /// <summary>One sentence, and the details it quotes.</summary>
    public const int TextBytesMax = 4096;

    /// <summary>Characters of a reason that a decision writes: <see cref="TextBytesMax"/> with four bytes each.</summary>
    public const int ReasonCharsMax = 1000;
}
