package settings
import ("testing";"strings";"time";"fmt")
func TestZZ(t *testing.T){
 rep := func(s string) string { return strings.Repeat(s, 1000000/len(s)) }
 var many strings.Builder; many.WriteString("{"); for i:=0;i<60000;i++ { fmt.Fprintf(&many,`"k%d":"10.0.0.0-10.9.9.9",`,i)}; many.WriteString(`"z":"x"}`)
 var objs strings.Builder; objs.WriteString(`{"Mirrors":{`); for i:=0;i<20000;i++ { fmt.Fprintf(&objs,`"k%d.x":{"Endpoints":["https://k%d"]},`,i,i)}; objs.WriteString(`"z":{}}}`)
 vals := map[string]string{
  "pem": rep("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"), "pem2": rep("-----BEGIN "), "commas": rep("a,"), "names": rep("tenant-a,"), "many": many.String(), "objs": objs.String(),
  "excl": `{"clusterNetwork":"mgmt","vlan":3,"range":"10.99.0.0/16","exclude":[`+strings.Repeat(`"10.99.1.1/32",`,50000)+`"10.99.2.1/32"]}`,
  "ntp": `{"ntpServers":[`+strings.Repeat(`"a.b.c",`,100000)+`"x"]}`, "ciph": `{"ciphers":"`+rep("AES128-SHA:")+`"}`, "prot": `{"protocols":"`+rep("TLSv1.4 ")+`"}`,
  "pss": `{"enabled":true,"privilegedNamespacesList":"`+rep("ns-x,")+`"}`, "suites": `{"cipherSuites":[`+strings.Repeat(`"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA25",`,20000)+`"x"]}`,
  "deep": strings.Repeat(`{"a":`,9000)+"1"+strings.Repeat("}",9000), "np": `{"httpProxy":"http://p:1","noProxy":"`+strings.Repeat("x-1.y,",20000)+`"}`, "np2": `{"httpProxy":"http://p:1","noProxy":"`+strings.Repeat("10.0.0.0-10.255.255.255,",5000)+`"}`,
  "pause": `{"nodeUpgradeOption":{"strategy":{"mode":"manual","pauseNodes":[`+strings.Repeat(`"n",`,100000)+`"x"]}}}`,
  "ranges": `{"a":"`+rep("0.0.0.1-255.255.255.254,")+`"}`,
 }
 f := lab(); f.Settings["containerd-registry"]=objs.String(); f.Settings["http-proxy"]=vals["np"]
 for i:=0;i<1000;i++ { f.Nodes = append(f.Nodes, node4(fmt.Sprint(i), fmt.Sprintf("192.168.%d.%d", i/250, i%250+1)))}
 for n,v := range vals { for _, s := range List() { st:=time.Now(); Check(s.Name, v, f); if d:=time.Since(st); d>150*time.Millisecond { fmt.Println(n, s.Name, len(v), d) } } }
}
