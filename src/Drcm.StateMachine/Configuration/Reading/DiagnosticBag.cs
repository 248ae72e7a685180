using System.Collections.Immutable;

namespace Drcm.StateMachine.Configuration.Reading;

/// <summary>Collects findings, at most <see cref="CmLimits.DiagnosticsMax"/>, and whether one of them forbids to run.</summary>
internal sealed class DiagnosticBag
{
    private readonly List<Diagnostic> _findings = [];
    private int _dropped;

    /// <summary>An error in what all nodes must agree on: there is no definition.</summary>
    public bool HasFatal { get; private set; }

    public void Warn(SourcePosition at, string what, string remedy) => Add(Severity.Warning, at, what, remedy);

    /// <summary>An error whose culprit is left out.</summary>
    public void Error(SourcePosition at, string what, string remedy) => Add(Severity.Error, at, what, remedy);

    public void Fatal(SourcePosition at, string what, string remedy)
    {
        HasFatal = true;
        Error(at, what, remedy);
    }

    public ImmutableArray<Diagnostic> Ordered()
    {
        var ordered = _findings.OrderBy(d => d.Line).ThenBy(d => d.Column);
        return _dropped == 0
            ? [.. ordered]
            : [.. ordered, new Diagnostic(Severity.Error, 0, 0, $"{_dropped} more findings are not shown",
                "correct those above first")];
    }

    private void Add(Severity severity, SourcePosition at, string what, string remedy)
    {
        if (_findings.Count < CmLimits.DiagnosticsMax)
            _findings.Add(new Diagnostic(severity, at.Line, at.Column, what, remedy));
        else
            _dropped++;
    }
}
