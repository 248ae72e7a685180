using System.Text;
using System.Text.Json;
using Drcm.Consensus.Inspection;

namespace Drcm.Node.LogTool;

/// <summary><c>drcm log verify</c>.</summary>
internal static class VerifyCommand
{
    public static void Print(LogReport report, LogPlace place, bool asJson, Stream output)
    {
        if (asJson)
        {
            JsonSerializer.Serialize(output, LogJsonReport.Of(report, place), LogJson.Default.LogJsonReport);
            output.WriteByte((byte)'\n');
            return;
        }
        output.Write(Encoding.UTF8.GetBytes($"{ReportText.Heading(report, place)}\n\n{ReportText.Files(report)}\n{ReportText.Findings(report)}{ReportText.Verdict(report)}\n"));
    }
}
