namespace Drcm.StateMachine.Configuration;

/// <summary>Bounds of a cm.cfg. They lie far above any real file and keep a wrong file from costing memory or time.</summary>
public static class CmLimits
{
    /// <summary>Characters of the whole file.</summary>
    public const int TextLengthMax = 8 * 1024 * 1024;

    /// <summary>Characters of one line: ten thousand backups of one node still fit.</summary>
    public const int LineLengthMax = 512 * 1024;

    public const int NodesMax = 500;

    public const int ResourcesMax = 20_000;

    /// <summary>Entries in one list of one node.</summary>
    public const int ListMax = 20_000;

    /// <summary>Characters of a nodename or nickname: both become metric labels and file names.</summary>
    public const int NameLengthMax = 128;

    /// <summary>Findings kept of one file.</summary>
    public const int DiagnosticsMax = 1000;

    /// <summary>Bytes, the original's limit.</summary>
    public const long MaxLogSizeMax = 2_000_000_000;

    /// <summary>Voters beyond this cost latency and gain no safety.</summary>
    public const int VotersMax = 7;
}
