namespace Drcm.Consensus.Membership;

/// <summary>Kinds of <see cref="Transport.IPeerRequests"/> that the log itself uses.</summary>
internal static class RequestKinds
{
    public const byte Hello = 1;
    public const byte Join = 2;
    public const byte Follow = 3;
    public const byte Barrier = 4;
}
