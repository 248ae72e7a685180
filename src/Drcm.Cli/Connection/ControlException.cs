namespace Drcm.Cli.Connection;

/// <summary>The daemon could not be asked, or refused; the person reads <see cref="Exception.Message"/> and <see cref="Remedy"/>.</summary>
internal sealed class ControlException(string message, string remedy, int code) : Exception(message)
{
    public string Remedy { get; } = remedy;

    /// <summary>Exit code: 1 refused, 2 usage, 3 unreachable.</summary>
    public int Code { get; } = code;
}
