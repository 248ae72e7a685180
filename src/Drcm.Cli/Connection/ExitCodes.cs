namespace Drcm.Cli.Connection;

/// <summary>What drcm ends with; <c>status --check</c> alone follows the Nagios plugin codes.</summary>
internal static class ExitCodes
{
    public const int Success = 0;

    public const int Failed = 1;

    public const int Usage = 2;

    /// <summary>No quorum, or the daemon is unreachable.</summary>
    public const int Unavailable = 3;

    /// <summary>128 + SIGINT: the shell's convention.</summary>
    public const int Interrupted = 130;
}
