import { programImage } from './program-image.ts';

const SOURCE = `#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
static void stop(int s) { (void)s; exit(0); }
int main(void) {
  struct sockaddr_in any = {.sin_family = AF_INET, .sin_port = htons(8080)};
  int listening = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
  char request[4096], name[256] = "", answer[512];
  signal(SIGTERM, stop);
  signal(SIGPIPE, SIG_IGN);
  gethostname(name, sizeof name - 1);
  setsockopt(listening, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (bind(listening, (struct sockaddr *)&any, sizeof any) || listen(listening, 16)) return 1;
  for (;;) {
    int client = accept(listening, 0, 0);
    if (read(client, request, sizeof request) > 0) {
      int length = snprintf(answer, sizeof answer, "HTTP/1.0 200 OK\\r\\n\\r\\n%s", name);
      if (write(client, answer, length) != length) perror("write");
    }
    close(client);
  }
}
`;

/** An image that answers every request on port 8080 with the name of its Pod. */
export const HELLO = programImage('hello', SOURCE);
